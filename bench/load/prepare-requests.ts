// Turns bodies into the bytes of whole HTTP requests, once, before the clock starts.

/** One buffer per body: a POST of JSON to `url` on a connection that stays open. Throws on anything but http. */
export function prepareRequests(
  url: string,
  bodies: readonly string[],
): { readonly host: string; readonly port: number; readonly requests: readonly Buffer[] } {
  const { protocol, hostname, port, host, pathname } = new URL(url);
  if (protocol !== 'http:') throw new RangeError(`the load generator speaks http only, not ${protocol}`);
  if (bodies.length === 0) throw new RangeError('there is nothing to send');
  const requests = bodies.map((body) => {
    const length = Buffer.byteLength(body);
    const head = `POST ${pathname} HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n`;
    return Buffer.from(head + body);
  });
  return { host: hostname, port: Number(port === '' ? 80 : port), requests };
}

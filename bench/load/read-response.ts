// Takes HTTP/1.1 responses out of the bytes of one connection: status, and a body of the length its head names.

const HEAD_END = '\r\n\r\n';
const LENGTH = /^content-length:[ \t]*(\d+)/im;
const CLOSES = /^connection:[ \t]*close/im;

export interface Response {
  readonly status: number;
  readonly body: Buffer;
  /** The server will not take another request on this connection. */
  readonly closes: boolean;
}

/**
 * A reader for one connection with one request at a time: `push` answers the response once it is whole. Throws on bytes
 * that are none, or without a content-length; the connection is of no use after that.
 */
export function createResponseReader(): { push(chunk: Buffer): Response | undefined } {
  let parts: Buffer[] = [];
  let received = 0;
  let expected: { total: number; bodyAt: number; status: number; closes: boolean } | undefined;
  return {
    push(chunk) {
      parts.push(chunk);
      received += chunk.length;
      expected ??= readHead(parts.length === 1 ? chunk : Buffer.concat(parts));
      if (expected === undefined || received < expected.total) return undefined;
      const { total, bodyAt, status, closes } = expected;
      if (received > total) throw new Error('more bytes than the response has');
      const whole = parts.length === 1 ? chunk : Buffer.concat(parts, received);
      parts = [];
      received = 0;
      expected = undefined;
      return { status, body: whole.subarray(bodyAt), closes };
    },
  };
}

function readHead(bytes: Buffer) {
  const end = bytes.indexOf(HEAD_END);
  if (end === -1) return undefined;
  const head = bytes.toString('latin1', 0, end);
  const length = LENGTH.exec(head)?.[1];
  const status = Number(head.slice(9, 12));
  if (!head.startsWith('HTTP/1.1 ') || length === undefined || !Number.isInteger(status))
    throw new Error(`not a response of known length: ${head.slice(0, 200)}`);
  const bodyAt = end + HEAD_END.length;
  return { total: bodyAt + Number(length), bodyAt, status, closes: CLOSES.test(head) };
}

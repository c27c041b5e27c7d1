// Posts one JSON document and classifies what came back; used by every sink that speaks HTTP.
import type { Delivery } from './sink.js';

/**
 * Delivered on 2xx within `timeoutMs`; worth a retry on network errors, time-outs, 429 and 5xx, and nothing else.
 * Redirects are not followed: the URL may hold a secret, and a redirected POST would lose its body.
 */
export async function postJson({
  url,
  body,
  headers = {},
  timeoutMs,
}: {
  url: string;
  body: unknown;
  headers?: Readonly<Record<string, string>>;
  timeoutMs: number;
}): Promise<Delivery> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': 'vigie', ...headers },
      body: JSON.stringify(body),
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    });
    // Nobody reads the answer; left open it would hold the connection.
    await response.body?.cancel();
    if (response.ok) return { outcome: 'delivered' };
    const retry = response.status === 429 || response.status >= 500;
    return { outcome: 'failed', retry, reason: `the receiver answered HTTP ${response.status}` };
  } catch (error) {
    return { outcome: 'failed', retry: true, reason: reasonOf(error, timeoutMs) };
  }
}

// Messages of network errors name host and port, so only their codes are passed on.
function reasonOf(error: unknown, timeoutMs: number): string {
  if (error instanceof DOMException && error.name === 'TimeoutError')
    return `no answer within ${timeoutMs} ms`;
  const cause = error instanceof Error ? error.cause : undefined;
  const code =
    typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : 'unknown';
  return `the receiver cannot be reached (${code})`;
}

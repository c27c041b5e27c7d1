// The id that ties the log lines of one request together.
import type { IncomingHttpHeaders } from 'node:http';

// Narrow on purpose: it is written to logs and sent back.
const SANE = /^[A-Za-z0-9._:-]{1,64}$/;

/** The caller's `x-request-id` when it is sane, else a new one. */
export function requestIdOf(headers: IncomingHttpHeaders, createId: () => string): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && isSane(given) ? given : createId();
}

/** Whether an id from outside may stand in a log line. */
export function isSane(id: string): boolean {
  return SANE.test(id);
}

// How many GraphQL requests are under way in this process, and what those are told for whom there is no room.
import type { FastifyReply } from 'fastify';
import { AppError } from '../errors.js';
import type { Metrics } from '../metrics.js';
import { toClientError } from './graphql-errors.js';

export interface OpenRequests {
  /** False when there is no room for one more, which is then counted as refused. */
  hasRoom(): boolean;
  /** Said when work begins, and once when it has ended. */
  enter(): void;
  leave(): void;
}

export function createOpenRequests(
  max: number,
  { openRequests, refusedRequests }: Pick<Metrics, 'openRequests' | 'refusedRequests'>,
): OpenRequests {
  let open = 0;
  return {
    hasRoom() {
      if (open < max) return true;
      refusedRequests.inc();
      return false;
    },
    enter: () => openRequests.set(++open),
    leave: () => openRequests.set(--open),
  };
}

const RETRY_AFTER_MS = 1000;

export function noRoom(): AppError {
  return new AppError('OVERLOADED', undefined, { details: { retryAfterMs: RETRY_AFTER_MS } });
}

const BODY = Buffer.from(JSON.stringify({ errors: [toClientError(noRoom(), false)] }));

/** Made once, since it is sent when there is no time for anything. */
export function sendNoRoom(reply: FastifyReply): void {
  void reply
    .code(503)
    .header('content-type', 'application/json; charset=utf-8')
    .header('retry-after', RETRY_AFTER_MS / 1000)
    .send(BODY);
}

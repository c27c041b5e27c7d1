// The GraphQL requests of this process: how many are taken, in which turn each is worked on, and what the others are told.
import type { FastifyReply } from 'fastify';
import { AppError } from '../errors.js';
import type { Metrics } from '../metrics.js';
import { toClientError } from './graphql-errors.js';
import { createWorkTurns, type WorkKind } from './work-turns.js';

export interface OpenRequests {
  /** False when there is no room for one more, or it would wait too long. */
  hasRoom(): boolean;
  /** Whether little waits: more is welcome. */
  isIdle(): boolean;
  /** Said of each that was refused for that. */
  refuse(): void;
  /** Takes one in and begins its work, which may not throw, in its turn: at once unless many are before it. */
  enter(work: () => void, kind: WorkKind): void;
  /** Said once for each that was taken in, when its work has ended. */
  leave(): void;
}

export interface RoomLimits {
  /** Taken in and not ended. */
  readonly maxOpen: number;
  /** How long one may wait before its work begins. */
  readonly maxWaitMs: number;
}

export function createOpenRequests(
  { maxOpen, maxWaitMs }: RoomLimits,
  { openRequests, refusedRequests }: Pick<Metrics, 'openRequests' | 'refusedRequests'>,
): OpenRequests {
  const turns = createWorkTurns();
  let open = 0;
  return {
    hasRoom: () => open < maxOpen && turns.waitMs() <= maxWaitMs,
    isIdle: () => open < maxOpen / 4 && turns.waitMs() <= maxWaitMs / 4,
    refuse() {
      refusedRequests.inc();
    },
    enter(work, kind) {
      openRequests.set(++open);
      turns.add(work, kind);
    },
    leave: () => openRequests.set(--open),
  };
}

const RETRY_AFTER_MS = 1000;

export function noRoom(): AppError {
  return new AppError('OVERLOADED', undefined, { details: { retryAfterMs: RETRY_AFTER_MS } });
}

const BODY = JSON.stringify({ errors: [toClientError(noRoom(), false)] });

/** The answer as it is sent: made once, since there is no time for anything then. */
export const NO_ROOM = {
  status: 503,
  headers: {
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(Buffer.byteLength(BODY)),
    'retry-after': String(RETRY_AFTER_MS / 1000),
  },
  body: BODY,
} as const;

/** For what has come further than it should have. */
export function sendNoRoom(requests: OpenRequests, reply: FastifyReply): void {
  requests.refuse();
  void reply.code(NO_ROOM.status).headers(NO_ROOM.headers).send(NO_ROOM.body);
}

// Makes a retry safe: a requestId stands for one body and one prediction, in every API process.
import { createHash } from 'node:crypto';
import { AppError } from '../errors.js';
import { deleteIfEquals } from '../redis/delete-if-equals.js';
import type { Keys } from '../redis/keys.js';
import { orUnavailable } from '../redis/or-unavailable.js';
import type { RedisConnections } from '../redis/redis-client.js';
import type { PredictRequest } from './serving.js';

const KEPT_S = 86_400;

/** The prediction a requestId stands for, and the epoch ms by which it is done or dropped. */
export interface Claim {
  readonly owner: string;
  readonly deadlineAt: number;
}

export interface RequestIds {
  /**
   * Ties the request to its own prediction, or answers the one it is tied to already.
   * Throws IDEMPOTENCY_CONFLICT when the id came before with another body, UNAVAILABLE without Redis.
   */
  claim(request: PredictRequest, requestId: string, own: Claim): Promise<Claim>;
  /** Lets a later retry run again, unless somebody else has the id by now. */
  release(requestId: string, request: PredictRequest, claim: Claim): Promise<void>;
}

/** Keeps claims in Redis for a day. */
export function createRequestIds({ redis, keys }: { redis: RedisConnections; keys: Keys }): RequestIds {
  // Hashed as it came: ids that differ only in what UTF-8 cannot say must not meet.
  const keyOf = (requestId: string) =>
    keys.request(createHash('sha256').update(Buffer.from(requestId, 'utf16le')).digest('hex'));
  return {
    async claim(request, requestId, own) {
      const hash = hashOf(request);
      const expiration = { type: 'EX', value: KEPT_S } as const;
      const claimed = redis.commands.set(keyOf(requestId), valueOf(hash, own), {
        condition: 'NX',
        GET: true,
        expiration,
      });
      const previous = await orUnavailable(claimed, 'The requestId cannot be checked now.');
      if (previous === null) return own;
      const [previousHash, owner = '', deadlineAt] = previous.split(':');
      if (previousHash !== hash) throw new AppError('IDEMPOTENCY_CONFLICT');
      return { owner, deadlineAt: Number(deadlineAt) };
    },
    async release(requestId, request, claim) {
      const value = valueOf(hashOf(request), claim);
      await deleteIfEquals(redis.commands, keyOf(requestId), value).catch(() => undefined);
    },
  };
}

const valueOf = (hash: string, { owner, deadlineAt }: Claim) => `${hash}:${owner}:${deadlineAt}`;

/** SHA-256 over what makes two requests the same; the deadline and the trace id do not. */
function hashOf({ model, version, features, subject, metadata, thresholds }: PredictRequest): string {
  const parts = [model, version ?? null, features, subject ?? null, metadata ?? null];
  const body = canonical(thresholds === undefined ? parts : [...parts, thresholds]);
  return createHash('sha256').update(JSON.stringify(body)).digest('hex');
}

/** The same JSON for the same content, whatever the order of keys. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, canonical(inner)] as const);
  // Pairs, not an object: a key such as __proto__ must count like any other.
  return { object: entries.sort(([a], [b]) => (a < b ? -1 : 1)) };
}

import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectRedis } from '../../src/redis/connect.js';
import { createKeys } from '../../src/redis/keys.js';
import type { RedisConnections } from '../../src/redis/redis-client.js';
import { createRequestIds, type RequestIds } from '../../src/serving/request-ids.js';
import type { PredictRequest } from '../../src/serving/serving.js';
import { startPrivateRedis, type PrivateRedis } from '../support/private-redis.js';

let server: PrivateRedis;
let redis: RedisConnections;
let requestIds: RequestIds;

beforeAll(async () => {
  server = await startPrivateRedis();
  redis = await connectRedis({ url: server.url, log: pino({ level: 'silent' }) });
  requestIds = createRequestIds({ redis, keys: createKeys('request-ids') });
});

afterAll(async () => {
  await redis.close();
  await server.stop();
});

const request = (
  features: PredictRequest['features'],
  rest: Partial<PredictRequest> = {},
): PredictRequest => ({
  model: 'iris-classifier',
  features,
  traceId: 't',
  ...rest,
});
const own = (owner: string) => ({ owner, deadlineAt: 1000 });

describe('a requestId', () => {
  it('belongs to the first of many that come at once', async () => {
    const owners = Array.from({ length: 20 }, (_, i) => `p${i}`);
    const claims = await Promise.all(
      owners.map((owner) => requestIds.claim(request({ a: 1 }), 'many', own(owner))),
    );
    expect(new Set(claims.map(({ owner }) => owner)).size).toBe(1);
  });

  it('is the same request whatever the order of keys, the deadline and the trace', async () => {
    await requestIds.claim(request({ a: 1, b: { c: 2, d: 3 } }), 'order', own('first'));
    const again = request({ b: { d: 3, c: 2 }, a: 1 }, { traceId: 'other', deadlineMs: 5 });
    await expect(requestIds.claim(again, 'order', own('second'))).resolves.toEqual(own('first'));
  });

  it.each([
    ['a feature', request({ a: 2 })],
    ['the version', request({ a: 1 }, { version: 1 })],
    ['the subject', request({ a: 1 }, { subject: 's' })],
    [
      'a key that only a prototype would hide',
      request(JSON.parse('{"a":1,"__proto__":{"b":1}}') as { a: number }),
    ],
  ])('conflicts when %s differs', async (name, other) => {
    await requestIds.claim(request({ a: 1 }), `conflict ${name}`, own('first'));
    await expect(requestIds.claim(other, `conflict ${name}`, own('second'))).rejects.toMatchObject({
      code: 'IDEMPOTENCY_CONFLICT',
    });
  });

  it('is released by its owner only', async () => {
    const body = request({ a: 1 });
    await requestIds.claim(body, 'release', own('first'));
    await requestIds.release('release', body, own('second'));
    await expect(requestIds.claim(body, 'release', own('third'))).resolves.toEqual(own('first'));
    await requestIds.release('release', body, own('first'));
    await expect(requestIds.claim(body, 'release', own('third'))).resolves.toEqual(own('third'));
  });
});

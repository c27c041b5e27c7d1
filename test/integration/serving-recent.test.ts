// What a process remembers of its last answers: batches as they came, until ten thousand rows came after them.
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { PredictionBatch } from '../../src/events/prediction-batch.js';
import { recordAt } from '../../src/events/prediction-record.js';
import { createProducer, type Producer } from '../../src/queue/producer.js';
import { createKeys } from '../../src/redis/keys.js';
import { createRecentPredictions } from '../../src/serving/recent-predictions.js';
import { openRedisRoom, type RedisRoom } from '../support/redis-room.js';

const keys = createKeys('recent');
let room: RedisRoom;
let producer: Producer;
beforeAll(async () => {
  room = await openRedisRoom();
  producer = createProducer({ redis: room.redis, keys });
});
afterAll(async () => {
  await producer.close();
  await room.close();
});

const batchOf = (ids: readonly string[]): PredictionBatch => ({
  v: 1,
  batchId: `batch of ${ids[0] ?? ''}`,
  model: 'iris',
  version: 1,
  at: 20,
  ids: [...ids],
  receivedAt: ids.map(() => 10),
  requests: ids.map(() => ({ traceId: 't' })),
  features: { x: ids.map((_, i) => i) },
  outputs: { label: ids.map((id) => `label of ${id}`) },
  errors: ids.map(() => null),
  timings: { queueMs: ids.map(() => 1), computeMs: 2 },
});

it('knows each row of the batches it was told of, and forgets the oldest when ten thousand are newer', async () => {
  const recent = createRecentPredictions({ redis: room.redis, keys, producer });
  const batches = Array.from({ length: 11 }, (_, b) =>
    batchOf(Array.from({ length: 1000 }, (__, i) => `${b}-${i}`)),
  );
  const [first, second] = batches as [PredictionBatch, PredictionBatch];
  batches.slice(0, 10).forEach((batch) => recent.remember(batch, false));
  expect(recent.answered('0-999')).toEqual(recordAt(first, 999));
  expect(await recent.find('0-0')).toMatchObject({ id: '0-0', label: 'label of 0-0', features: { x: 0 } });

  batches.slice(10).forEach((batch) => recent.remember(batch, false));
  expect(recent.answered('0-999')).toBeUndefined();
  expect(await recent.find('0-0')).toBeUndefined();
  expect(recent.answered('1-0')).toEqual(recordAt(second, 0));
  expect(recent.answered('10-500')?.label).toBe('label of 10-500');
});

it('knows a row as it was last answered, also when its first batch is forgotten', () => {
  const recent = createRecentPredictions({ redis: room.redis, keys, producer });
  recent.remember({ ...batchOf(['a', 'b']), outputs: { label: ['first', 'first'] } }, false);
  recent.remember({ ...batchOf(['a']), outputs: { label: ['second'] } }, false);
  for (let b = 0; b < 10; b += 1)
    recent.remember(batchOf(Array.from({ length: 999 }, (_, i) => `${b}-${i}`)), false);
  expect(recent.answered('a')?.label).toBe('second');
  expect(recent.answered('b')?.label).toBe('first');
  recent.remember(batchOf(Array.from({ length: 9 }, (_, i) => `more-${i}`)), false);
  expect(recent.answered('b')).toBeUndefined();
  expect(recent.answered('a')?.label).toBe('second');
});

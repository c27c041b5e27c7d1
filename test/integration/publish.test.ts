// What a worker says of a batch: once, and not at all when it was away for longer than its job may take.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createEventWriter, type EventWriter } from '../../src/events/event-writer.js';
import { createKeys } from '../../src/redis/keys.js';
import { publish } from '../../src/workers/publish.js';
import { openRedisRoom, silent, type RedisRoom } from '../support/redis-room.js';

const keys = createKeys('publish');
let room: RedisRoom;
let writer: EventWriter;
beforeAll(async () => {
  room = await openRedisRoom();
  writer = createEventWriter({ redis: room.redis, log: silent, now: Date.now });
});
afterAll(async () => {
  await writer.stop();
  await room.close();
});

const payloadOf = (batchId: string) => ({
  v: 1 as const,
  batchId,
  model: 'm',
  version: 1,
  replyTo: 'api',
  ids: ['a'],
  receivedAt: [0],
  deadlineAt: [10_000],
  requests: [{}],
  features: { x: [1] },
});
const outcomes = { outputs: { label: ['one'] }, errors: [null], computeMs: 1 };
const lengths = async () => {
  const { predictions, replies } = keys.model('m');
  return [await room.redis.commands.xLen(predictions), await room.redis.commands.xLen(replies('api'))];
};

it('records a batch once and answers each time', async () => {
  const say = () => publish({ writer, keys, now: () => 5 }, 'predict', payloadOf('twice'), 0, outcomes);
  expect(await say()).toBe(true);
  expect(await say()).toBe(false);
  expect(await lengths()).toEqual([1, 2]);
});

it.each([
  ['predict', 120_000],
  ['predict-picture', 3_600_000],
] as const)('throws, and says nothing, when a %s job took longer than %i ms', async (job, limitMs) => {
  const before = await lengths();
  const say = (now: number) => publish({ writer, keys, now: () => now }, job, payloadOf(job), 0, outcomes);
  await expect(say(limitMs + 1)).rejects.toThrow(`a ${job} job came to its end too late`);
  expect(await lengths()).toEqual(before);
  expect(await say(limitMs)).toBe(true);
});

// The API knows which of the live workers of a queue have a version ready.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createProducer } from '../../src/queue/producer.js';
import { watchWorkers } from '../../src/queue/watch-workers.js';
import type { WorkerHeartbeat } from '../../src/queue/worker-heartbeat.js';
import { createKeys } from '../../src/redis/keys.js';
import { openRedisRoom, type RedisRoom } from '../support/redis-room.js';

let room: RedisRoom;
beforeAll(async () => void (room = await openRedisRoom()));
afterAll(() => room.close());

const NOW = 1_000_000;
const beatOf = (id: string, models: string[], changes: Partial<WorkerHeartbeat> = {}): WorkerHeartbeat => ({
  id,
  host: 'here',
  roles: ['worker'],
  providers: ['cpu'],
  models,
  queues: ['inference-cpu'],
  threads: 1,
  pictureThreads: 2,
  pictures: 1,
  activeJobs: 0,
  completedJobs: 0,
  memoryBytes: 1,
  lastSeenAt: NOW,
  ...changes,
});

it('names those that have not, leaving out who takes another queue or was silent for long', async () => {
  const keys = createKeys('watch-workers');
  const beats = [
    beatOf('ready', ['iris@1', 'iris@2']),
    beatOf('loading', ['iris@1', 'other@2', 'iris@22']),
    beatOf('elsewhere', ['iris@1'], { queues: ['inference-gpu'] }),
    beatOf('gone', ['iris@1'], { lastSeenAt: NOW - 60_000 }),
  ];
  for (const beat of beats) await room.redis.commands.hSet(keys.workers, beat.id, JSON.stringify(beat));
  const producer = createProducer({ redis: room.redis, keys });
  const workers = await watchWorkers({ redis: room.redis, keys, producer, now: () => NOW });
  expect(workers.lacking('inference-cpu', 'iris', 2)).toEqual(['loading']);
  expect(workers.lacking('inference-cpu', 'iris', 1)).toEqual([]);
  expect(workers.lacking('inference-gpu', 'iris', 2)).toEqual(['elsewhere']);
  expect(workers.hasLoaded('iris', 2)).toBe(true);
  await workers.stop();
  await producer.close();
});

// A slot that waits takes the job that woke it, whatever the other slots of its worker learned while it woke.
import { createNodeRedisClient, Queue } from 'bullmq';
import { expect, it } from 'vitest';
import { addJob } from '../../src/queue/job-scripts.js';
import { createShortBackend } from '../../src/workers/short-backend.js';
import { eventually } from '../support/eventually.js';
import { openRedisRoom } from '../support/redis-room.js';

it('takes the job that woke it though a job finished meanwhile left an empty queue', async () => {
  const room = await openRedisRoom();
  const { redis } = room;
  const connection = createNodeRedisClient(redis.commands);
  const settings = { connection, prefix: 'short' };
  const queue = new Queue('inference-cpu', { ...settings, skipMetasUpdate: true });
  const backend = createShortBackend(5000)('inference-cpu', settings, { withBlockingConnection: true });
  connection.on('error', () => undefined);
  queue.on('error', () => undefined);
  backend.on('error', () => undefined);
  await backend.waitUntilReady();
  const keyOf = (name: string) => backend.toKey(name);
  const add = (id: string) =>
    addJob(redis.commands, keyOf, { id, name: 'predict', data: '{}', opts: '{}', timestamp: Date.now() });

  await add('first');
  await add('second');
  await expect(backend.moveToActive('t', 'w')).resolves.toMatchObject({ 1: 'first' });
  await redis.commands.del(keyOf('marker'));
  const woken = backend.waitForJob(20);
  await eventually(async () => (await redis.commands.info('clients')).includes('blocked_clients:1'));
  const first = await queue.getJob('first');
  if (first === undefined) throw new Error('no job');
  const finished = await backend.moveToCompleted(first, null, true, 't', true);
  expect(finished.result).toMatchObject({ 1: 'second' });
  await add('third');
  await woken;
  await expect(backend.moveToActive('t', 'w')).resolves.toMatchObject({ 1: 'third' });

  await backend.close(true);
  await queue.close();
  await room.close();
});

// From transition to delivery jobs on the real queue: one job per sink and transition, through repeats and restarts.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import type { NotificationJob } from '../../src/alerts/deliver.js';
import { notificationJobId, startNotifier } from '../../src/alerts/notifier.js';
import { createMetrics } from '../../src/metrics.js';
import { createProducer } from '../../src/queue/producer.js';
import { connectRedis } from '../../src/redis/connect.js';
import { findingOf } from '../support/alert-story.js';
import { eventually } from '../support/eventually.js';
import { startPrivateRedis, type PrivateRedis } from '../support/private-redis.js';
import { silent } from '../support/redis-room.js';
import { openAlertsRoom, reportOf } from './alerts-room.js';

const told = z.object({ alert: z.object({ key: z.string() }) });
const jobSchema = z.object({ transition: told, others: z.array(told) });

let server: PrivateRedis;
beforeAll(async () => {
  server = await startPrivateRedis();
});
afterAll(() => server.stop());

async function openOffice() {
  const redis = await connectRedis({ url: server.url, log: silent });
  const room = openAlertsRoom(redis, { forMs: 0, keepFiringForMs: 0, cooldownMs: 0 });
  const producer = createProducer({ redis, keys: room.keys });
  const asked: string[] = [];
  const enqueue = async (job: NotificationJob) => {
    const id = notificationJobId(job);
    asked.push(id);
    await producer.enqueue('background', 'deliver-notification', id, { v: 1, ...job });
  };
  return {
    room,
    redis,
    asked,
    enqueue,
    start: (enqueueWith: typeof enqueue) =>
      startNotifier({
        redis,
        keys: room.keys,
        models: ['iris', 'air'],
        consumer: 'monitor-1',
        sinks: ['log', 'webhook'],
        enqueue: enqueueWith,
        log: silent,
        metrics: createMetrics(),
      }),
    see: (status: 'ok' | 'warning') => room.round(reportOf('confidence', [findingOf(status)])),
    close: async () => {
      await producer.close();
      await redis.close();
    },
    jobs: async () => (await producer.counts()).get('background')?.waiting,
    unread: async () => {
      const groups = await redis.commands.xInfoGroups(room.keys.model('iris').alerts);
      return groups.reduce((sum, { pending, lag }) => sum + pending + lag, 0);
    },
  };
}

test('a transition that people are to be told becomes one job per sink, a quiet one none', async () => {
  const { room, redis, close, start, enqueue, see, jobs, unread } = await openOffice();
  const notifier = await start(enqueue);
  await see('warning');
  await see('ok');
  await eventually(async () => (await unread()) === 0 && (await jobs()) === 4);
  const told = (await room.transitions()).filter(({ notify }) => notify);
  expect(told.map(({ to }) => to)).toEqual(['firing', 'resolved']);
  for (const { id } of told) {
    for (const sink of ['log', 'webhook']) {
      const job = `${room.keys.queues}:background:${id}.${sink}`;
      expect(await redis.commands.exists(job)).toBe(1);
    }
  }
  await notifier.stop();
  await close();
});

test('an entry that comes again, to the same reader or to a restarted one, asks for the same jobs and makes no second', async () => {
  const { close, asked, start, enqueue, see, jobs, unread } = await openOffice();
  // As if the process died between the queue and the acknowledgement of the entry, each time.
  const dying = await start(async (job) => {
    await enqueue(job);
    throw new Error('gone');
  });
  await see('warning');
  await eventually(() => asked.length >= 4);
  await dying.stop();
  const before = asked.length;
  const restarted = await start(enqueue);
  await eventually(async () => (await unread()) === 0);
  expect(asked.length).toBeGreaterThan(before);
  expect(new Set(asked).size).toBe(2);
  expect(await jobs()).toBe(2);
  await restarted.stop();
  await close();
});

test('a message larger than one read is asked for once and whole, though its reader dies in the middle of it and what was read is trimmed', async () => {
  const { room, redis, close, asked, start, enqueue, jobs, unread } = await openOffice();
  const stream = room.keys.model('iris').alerts;
  const keys = Array.from({ length: 199 }, (_, i) => `feature ${i}`);
  await room.round(
    reportOf(
      'data-drift',
      keys.map((key) => findingOf('warning', { key })),
    ),
  );
  const entries = (await redis.commands.xRange(stream, '-', '+')) ?? [];
  expect(entries).toHaveLength(398);
  // One sink has its job, the other has none yet.
  const dying = await start(async (job) => {
    if (job.sink === 'webhook') throw new Error('gone');
    await enqueue(job);
  });
  await eventually(() => asked.length >= 2);
  await dying.stop();
  const restarted = await start(enqueue);
  await eventually(async () => (await unread()) < 398 && (await jobs()) === 2);
  await redis.commands.xTrim(stream, 'MINID', entries[100]?.id ?? '');
  await eventually(async () => (await unread()) === 0);
  expect(await jobs()).toBe(2);
  expect(new Set(asked).size).toBe(2);
  for (const id of new Set(asked)) {
    const data = await redis.commands.hGet(`${room.keys.queues}:background:${id}`, 'data');
    const { transition, others } = jobSchema.parse(JSON.parse(data ?? ''));
    expect([transition, ...others].map(({ alert }) => alert.key).toSorted()).toEqual(keys.toSorted());
  }
  await restarted.stop();
  await close();
});

test('what happened while no notifier ran, and while Redis was away, is told once', async () => {
  const { redis, close, start, enqueue, see, jobs, unread } = await openOffice();
  await see('warning');
  const notifier = await start(enqueue);
  await eventually(async () => (await unread()) === 0);
  await server.restart();
  await eventually(() => redis.ready());
  await eventually(async () => (await see('ok')) === 'committed');
  await eventually(async () => (await unread()) === 0 && (await jobs()) === 4, { timeoutMs: 20_000 });
  await notifier.stop();
  await close();
});

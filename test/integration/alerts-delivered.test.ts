// From findings to what receivers hold: judged, read from the stream, put on the queue, worked off, and sent over HTTP and SMTP.
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { createDelivery } from '../../src/alerts/deliver.js';
import { notificationJobId, startNotifier } from '../../src/alerts/notifier.js';
import type { RetrainingRule } from '../../src/alerts/retraining.js';
import { createSinks } from '../../src/alerts/sinks/create-sinks.js';
import { createMetrics } from '../../src/metrics.js';
import { createProducer } from '../../src/queue/producer.js';
import { startWorkerHost } from '../../src/workers/worker-host.js';
import { findingOf } from '../support/alert-story.js';
import { eventually } from '../support/eventually.js';
import { startHttpReceiver } from '../support/http-receiver.js';
import { startPrivateSmtp } from '../support/private-smtp.js';
import { openRedisRoom, silent, type RedisRoom } from '../support/redis-room.js';
import { openAlertsRoom, reportOf } from './alerts-room.js';

let place: RedisRoom;
beforeAll(async () => void (place = await openRedisRoom()));
afterAll(() => place.close());

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

/** All that stands between findings and people, with a webhook and a mailbox at the end of it. */
async function openHouse(rules: readonly RetrainingRule[] = []) {
  const { redis } = place;
  const room = openAlertsRoom(redis, { forMs: 0, keepFiringForMs: 0, cooldownMs: 0 }, rules);
  const { keys } = room;
  const metrics = createMetrics();
  const receiver = await startHttpReceiver();
  const smtp = await startPrivateSmtp();
  const sinks = createSinks({
    ...{ log: silent, longestPauseOf: () => 60_000, now: Date.now, webhookUrl: receiver.url },
    email: { url: `smtp://127.0.0.1:${smtp.port}`, from: 'v@example.org', to: ['ann@example.org'] },
  });
  const common = { redis, keys, metrics, log: silent };
  const producer = createProducer({ redis, keys });
  const host = await startWorkerHost<'background'>({
    ...{ ...common, queue: 'background', concurrency: 4 },
    handlers: {
      'deliver-notification': createDelivery({ sinks, metrics, log: silent }),
      'enforce-retention': () => Promise.reject(new Error('there is no record here')),
    },
  });
  const startOne = (consumer: string) =>
    startNotifier({
      ...{ ...common, consumer, models: ['iris'], sinks: sinks.map(({ name }) => name) },
      enqueue: (job) =>
        producer.enqueue('background', 'deliver-notification', notificationJobId(job), { v: 1, ...job }),
    });
  // Side by side, as monitor processes are: neither reads the whole of a large message.
  const notifiers = await Promise.all(['monitor-1', 'monitor-2'].map(startOne));
  stops.push(
    () => Promise.all([receiver.stop(), smtp.stop()]),
    () => producer.close(),
    () => host.stop(),
    ...notifiers.map((notifier) => () => notifier.stop()),
  );
  /** Resolves when every entry was read and every job of it is done. */
  const settled = () =>
    eventually(async () => {
      const groups = await redis.commands.xInfoGroups(keys.model('iris').alerts);
      const isRead = groups.every(({ pending, lag }) => pending + lag === 0);
      const counts = (await producer.counts()).get('background');
      return isRead && counts?.waiting === 0 && host.activeJobs() === 0;
    });
  return { room, posts: receiver.posts, mails: smtp.mails, settled };
}

const postSchema = z.object({
  transition: z.object({ to: z.string() }),
  alert: z.object({ monitor: z.string(), key: z.string(), severity: z.string(), summary: z.string() }),
  evidence: z.array(z.record(z.string(), z.unknown())).optional(),
  others: z.array(z.object({ alert: z.object({ key: z.string(), severity: z.string() }) })),
  othersTotal: z.number(),
});

it('199 findings of one evaluation are one message, and their ends another', async () => {
  const { room, posts, mails, settled } = await openHouse();
  const report = (status: 'ok' | 'warning') =>
    reportOf(
      'data-drift',
      Array.from({ length: 199 }, (_, i) =>
        findingOf(status === 'warning' && i % 40 === 7 ? 'critical' : status, { key: `feature ${i}` }),
      ),
    );
  await room.round(report('warning'));
  await eventually(() => posts.length > 0 && mails.length > 0);
  room.clock.now += 1000;
  await room.round(report('ok'));
  await eventually(() => posts.length > 1 && mails.length > 1);
  await settled();
  expect([posts.length, mails.length]).toEqual([2, 2]);
  const [began, ended] = posts.map(({ body }) => postSchema.parse(body));
  expect([began?.transition.to, began?.othersTotal, began?.others.length]).toEqual(['firing', 198, 50]);
  expect([began, ...(began?.others ?? [])].map((one) => one?.alert.severity).slice(0, 6)).toEqual([
    ...Array.from({ length: 5 }, () => 'critical'),
    'warning',
  ]);
  expect(ended).toMatchObject({ transition: { to: 'resolved' }, othersTotal: 198 });
  const [fired] = mails;
  // A long header goes on in the next line.
  expect(fired?.text.replaceAll('\n ', ' ')).toMatch(
    /^Subject: .*FIRING critical: iris, data-drift \/ feature 7 \(and 198 more\)$/m,
  );
  expect(fired?.text).toMatch(/^and 178 more$/m);
  expect(Buffer.byteLength(fired?.text ?? '')).toBeLessThan(5000);
});

it('retraining-needed is told of once, with the findings it rests on, however long they last', async () => {
  const rule = { monitor: 'performance', key: 'accuracy', severity: 'warning' as const, forMs: 3_600_000 };
  const { room, posts, mails, settled } = await openHouse([rule]);
  const bad = findingOf('warning', {
    key: 'accuracy',
    summary: 'accuracy 0.71 is under 0.8',
    ...{ value: 0.71, threshold: 0.8, effect: 0.09, pValue: 0.001, n: 500 },
  });
  const asked = () =>
    posts
      .map(({ body }) => postSchema.parse(body))
      .filter(({ alert }) => alert.monitor === 'retraining-needed');
  for (let hour = 0; hour < 24; hour += 1) {
    await room.round(reportOf('performance', [bad]));
    room.clock.now += 3_600_000;
  }
  await eventually(() => asked().length > 0 && mails.some(({ text }) => text.includes('Train it anew')));
  await settled();
  expect(asked()).toEqual([
    {
      transition: { to: 'firing' },
      alert: {
        monitor: 'retraining-needed',
        key: 'performance/accuracy',
        severity: 'critical',
        summary: 'Train it anew: accuracy 0.71 is under 0.8',
      },
      evidence: [
        {
          ...{ monitor: 'performance', key: 'accuracy', status: 'warning', value: 0.71, threshold: 0.8 },
          ...{ effect: 0.09, pValue: 0.001, n: 500, summary: 'accuracy 0.71 is under 0.8' },
        },
      ],
      others: [],
      othersTotal: 0,
    },
  ]);
  expect(mails.filter(({ text }) => text.includes('Train it anew'))).toHaveLength(1);
});

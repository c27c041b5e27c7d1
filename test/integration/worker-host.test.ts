import { Queue, createNodeRedisClient } from 'bullmq';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppError } from '../../src/errors.js';
import { createMetrics, type Metrics } from '../../src/metrics.js';
import type { JobPayload } from '../../src/queue/catalogue.js';
import { createProducer, type Producer } from '../../src/queue/producer.js';
import { connectRedis } from '../../src/redis/connect.js';
import { createKeys } from '../../src/redis/keys.js';
import type { RedisConnections } from '../../src/redis/redis-client.js';
import { startWorkerHost, type WorkerHost } from '../../src/workers/worker-host.js';
import { eventually } from '../support/eventually.js';
import { startPrivateRedis, type PrivateRedis } from '../support/private-redis.js';

const log = pino({ level: 'silent' });
const keys = createKeys('worker-host');

let server: PrivateRedis;
let redis: RedisConnections;
let producer: Producer;
let host: WorkerHost;
let metrics: Metrics;
const seen: string[] = [];
const givenUp: string[] = [];
const fates = new Map<string, (attempt: number) => void>();
/** What a job waits for before it ends. */
const gates = new Map<string, Promise<void>>();

const payload = (batchId: string): JobPayload<'predict'> => ({
  v: 1,
  batchId,
  model: 'm',
  version: 1,
  replyTo: 'p',
  ids: [batchId],
  receivedAt: [0],
  deadlineAt: [0],
  requests: [{}],
  features: { x: [1] },
});
const enqueue = (id: string, urgent = true) =>
  producer.enqueue('inference-cpu', 'predict', id, payload(id), { urgent });
const startHost = (own = redis) =>
  startWorkerHost<'inference'>({
    queue: 'inference-cpu',
    concurrency: 2,
    redis: own,
    keys,
    log,
    metrics,
    handlers: {
      predict: async ({ batchId }) => {
        seen.push(batchId);
        await gates.get(batchId);
        fates.get(batchId)?.(countOf(batchId));
      },
    },
    onGivenUp: ({ batchId }) => {
      givenUp.push(batchId);
      return Promise.resolve();
    },
  });
const jobKeys = async () => {
  const all = await redis.commands.keys(`${keys.queues}:inference-cpu:*`);
  return all.map((key) => key.slice(key.lastIndexOf(':') + 1));
};
const countOf = (id: string) => seen.filter((other) => other === id).length;

beforeAll(async () => {
  server = await startPrivateRedis();
  redis = await connectRedis({ url: server.url, log });
  producer = createProducer({ redis, keys });
  metrics = createMetrics();
  host = await startHost();
});

afterAll(async () => {
  await host.stop();
  await producer.close();
  await redis.close();
  await server.stop();
});

function gate(id: string): () => void {
  let open: () => void = () => undefined;
  gates.set(id, new Promise((resolve) => (open = resolve)));
  return open;
}

/** The queue as a program sees it that leaves everything to BullMQ. */
function openStockQueue(): Queue {
  const connection = createNodeRedisClient(redis.commands);
  const queue = new Queue('inference-cpu', { connection, prefix: keys.queues, skipMetasUpdate: true });
  for (const emitter of [connection, queue]) emitter.on('error', () => undefined);
  return queue;
}

describe('a worker host', () => {
  it('runs a job once, also when it is enqueued twice under one id while it waits', async () => {
    await Promise.all([enqueue('twice'), enqueue('twice')]);
    await enqueue('after');
    await eventually(() => seen.includes('after'));
    expect(countOf('twice')).toBe(1);
  });

  it('tries again what may succeed later', async () => {
    fates.set('shaky', (attempt) => {
      if (attempt < 3) throw new AppError('UNAVAILABLE');
    });
    await enqueue('shaky');
    await eventually(() => countOf('shaky') === 3);
    expect(givenUp).not.toContain('shaky');
  });

  it('gives up at once on what cannot succeed, and says so', async () => {
    fates.set('hopeless', () => {
      throw new AppError('INVALID_INPUT');
    });
    await enqueue('hopeless');
    await eventually(() => givenUp.includes('hopeless'));
    expect(countOf('hopeless')).toBe(1);
  });

  it('gives up after the last attempt', async () => {
    fates.set('broken', () => {
      throw new Error('disk on fire');
    });
    await enqueue('broken');
    await eventually(() => givenUp.includes('broken'));
    expect(countOf('broken')).toBe(3);
  });

  it('runs what is not urgent after all that is', async () => {
    const open = [gate('busy-1'), gate('busy-2')];
    await Promise.all([enqueue('busy-1'), enqueue('busy-2')]);
    await eventually(() => countOf('busy-1') + countOf('busy-2') === 2);
    for (const id of ['later-1', 'later-2']) await enqueue(id, false);
    for (const id of ['urgent-1', 'urgent-2', 'urgent-3']) await enqueue(id);
    for (const end of open) end();
    await eventually(() => seen.includes('later-2'));
    const order = seen.filter((id) => /^(later|urgent)/.test(id));
    expect(order).toEqual(['urgent-1', 'urgent-2', 'urgent-3', 'later-1', 'later-2']);
  });

  it('leaves nothing of a job that is done', async () => {
    await enqueue('gone');
    await eventually(() => seen.includes('gone'));
    await eventually(async () => (await jobKeys()).every((key) => !['gone', 'lock', 'active'].includes(key)));
    expect(await producer.isActive('inference-cpu', 'gone')).toBe(false);
  });

  it('takes what an older program put on the queue, in its form and with its options', async () => {
    const queue = openStockQueue();
    const options = { attempts: 3, removeOnComplete: true, backoff: { type: 'exponential', delay: 100 } };
    fates.set('older', (attempt) => {
      if (attempt < 2) throw new AppError('UNAVAILABLE');
    });
    await queue.add('predict', payload('older'), { ...options, jobId: 'older' });
    await eventually(() => countOf('older') === 2);
    expect(givenUp).not.toContain('older');
  });

  it('gives up on what it cannot read, once, and goes on', async () => {
    const queue = openStockQueue();
    const failed = async () => (await producer.counts()).get('inference-cpu')?.failed ?? 0;
    const before = await failed();
    await queue.add('predict', { v: 2, b: 'AQEAAA' }, { attempts: 3 });
    await queue.add('unheard-of', {}, { attempts: 3 });
    await enqueue('after-garbage');
    await eventually(() => seen.includes('after-garbage'));
    await eventually(async () => (await failed()) === before + 2);
  });

  it('costs a lone job few commands: adding, waking, taking and finishing it', async () => {
    const commands = async () => {
      const stats = await redis.commands.info('commandstats');
      const calls = [...stats.matchAll(/cmdstat_([^:]+):calls=(\d+)/g)];
      return calls.reduce(
        (sum, [, name = '', n]) => sum + (/evalsha|info|ping|role/.test(name) ? 0 : Number(n)),
        0,
      );
    };
    const JOBS = 50;
    const before = await commands();
    for (let i = 0; i < JOBS; i += 1) {
      await enqueue(`lone-${i}`);
      await eventually(() => seen.includes(`lone-${i}`), { everyMs: 1 });
    }
    expect(((await commands()) - before) / JOBS).toBeLessThan(35);
  });

  it('shares a burst with another host: every job once, and none is left lying', async () => {
    const other = await startHost();
    const ids = Array.from({ length: 300 }, (_, i) => `burst-${i}`);
    await Promise.all(ids.map((id, i) => enqueue(id, i % 3 > 0)));
    await eventually(() => ids.every((id) => seen.includes(id)));
    await other.stop();
    expect(seen.filter((id) => id.startsWith('burst')).length).toBe(300);
    await eventually(async () => (await producer.counts()).get('inference-cpu')?.active === 0);
  });

  it('runs again what another host held when its connections died, and once more is no harm', async () => {
    const own = await connectRedis({ url: server.url, log });
    const doomed = await startHost(own);
    await host.stop();
    const open = gate('orphan');
    await enqueue('orphan');
    await eventually(() => countOf('orphan') === 1);
    await own.close();
    gates.delete('orphan');
    host = await startHost();
    await eventually(() => countOf('orphan') === 2, { timeoutMs: 20_000 });
    open();
    await doomed.stop();
  });

  it('takes work again by itself after Redis was killed, and the job that was waiting is not lost', async () => {
    await server.kill();
    await expect(enqueue('refused')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await server.restart();
    await eventually(() => redis.ready());
    await enqueue('back');
    await eventually(() => seen.includes('back'));
  });
});

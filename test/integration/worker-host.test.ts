import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppError } from '../../src/errors.js';
import { createMetrics } from '../../src/metrics.js';
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
const seen: string[] = [];
const givenUp: string[] = [];
const fates = new Map<string, (attempt: number) => void>();

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
const enqueue = (id: string) => producer.enqueue('inference-cpu', 'predict', id, payload(id));
const countOf = (id: string) => seen.filter((other) => other === id).length;

beforeAll(async () => {
  server = await startPrivateRedis();
  redis = await connectRedis({ url: server.url, log });
  producer = createProducer({ redis, keys });
  host = await startWorkerHost<'inference'>({
    queue: 'inference-cpu',
    concurrency: 2,
    redis,
    keys,
    log,
    metrics: createMetrics(),
    handlers: {
      predict: ({ batchId }) => {
        seen.push(batchId);
        fates.get(batchId)?.(countOf(batchId));
        return Promise.resolve();
      },
    },
    onGivenUp: (_name, given) => {
      givenUp.push((given as { batchId: string }).batchId);
      return Promise.resolve();
    },
  });
});

afterAll(async () => {
  await host.stop();
  await producer.close();
  await redis.close();
  await server.stop();
});

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

  it('takes work again by itself after Redis was killed, and the job that was waiting is not lost', async () => {
    await server.kill();
    await expect(enqueue('refused')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await server.restart();
    await eventually(() => redis.ready());
    await enqueue('back');
    await eventually(() => seen.includes('back'));
  });
});

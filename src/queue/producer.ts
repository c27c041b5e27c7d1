// The only place that puts jobs on queues.
import { Queue, createNodeRedisClient } from 'bullmq';
import { AppError } from '../errors.js';
import type { Keys } from '../redis/keys.js';
import { orUnavailable } from '../redis/or-unavailable.js';
import type { RedisConnections } from '../redis/redis-client.js';
import {
  catalogue,
  queueNames,
  type JobName,
  type JobPayload,
  type QueueName,
  type QueueOf,
} from './catalogue.js';

export type JobCounts = Readonly<Record<'waiting' | 'active' | 'delayed' | 'failed', number>>;

export interface Producer {
  /**
   * Puts a job on a queue once per `id`; rejects UNAVAILABLE at once while Redis is away. What is not urgent waits until
   * nothing urgent does: nobody is looking at a clock for it.
   */
  enqueue<Name extends JobName>(
    queue: QueueOf<Name>,
    name: Name,
    id: string,
    payload: JobPayload<Name>,
    options?: { readonly urgent: boolean },
  ): Promise<void>;
  /** Runs a background job at a fixed interval, once for all processes that ask for it. */
  repeat<Name extends JobName>(
    queue: QueueOf<Name>,
    name: Name,
    everyMs: number,
    payload: JobPayload<Name>,
  ): Promise<void>;
  isActive(queue: QueueName, id: string): Promise<boolean>;
  counts(): Promise<ReadonlyMap<QueueName, JobCounts>>;
  close(): Promise<void>;
}

/** Opens a producer on the command connection, so that it fails fast with it. */
export function createProducer({ redis, keys }: { redis: RedisConnections; keys: Keys }): Producer {
  const connection = createNodeRedisClient(redis.commands);
  // The adapter listens on the shared client for as long as that lives; unheard errors would end the process.
  connection.on('error', () => undefined);
  const queues = new Map(
    queueNames.map((name) => {
      const queue = new Queue(name, { connection, prefix: keys.queues, skipMetasUpdate: true });
      // Errors reach the caller of each command; the event would otherwise end the process.
      queue.on('error', () => undefined);
      return [name, queue];
    }),
  );
  const queueOf = (name: QueueName): Queue => {
    const queue = queues.get(name);
    if (queue === undefined) throw new Error(`there is no queue "${name}"`);
    return queue;
  };
  return {
    async enqueue(queue, name, id, payload, { urgent } = { urgent: true }) {
      if (!redis.ready()) throw new AppError('UNAVAILABLE', 'The queue cannot be reached.');
      const priority = urgent ? {} : { priority: 1 };
      const added = queueOf(queue).add(name, payload, { jobId: id, ...optionsOf(name), ...priority });
      await orUnavailable(added, 'The queue cannot be reached.');
    },
    async repeat(queue, name, everyMs, payload) {
      await queueOf(queue).upsertJobScheduler(
        name,
        { every: everyMs },
        { name, data: payload, opts: optionsOf(name) },
      );
    },
    async isActive(queue, id) {
      return (await queueOf(queue).getJobState(id)) === 'active';
    },
    async counts() {
      const counted = queueNames.map(async (name) => {
        const counts = await queueOf(name).getJobCounts(
          'waiting',
          'prioritized',
          'active',
          'delayed',
          'failed',
        );
        const { waiting = 0, prioritized = 0, active = 0, delayed = 0, failed = 0 } = counts;
        return [name, { waiting: waiting + prioritized, active, delayed, failed }] as const;
      });
      return new Map(await Promise.all(counted));
    },
    async close() {
      await Promise.all([...queues.values()].map((queue) => queue.close()));
    },
  };
}

function optionsOf(name: JobName) {
  const { attempts, backoffMs, on } = catalogue[name];
  return {
    attempts,
    backoff: { type: 'exponential', delay: backoffMs },
    // Background jobs stay for a day, so that their ids keep a second notification out; predictions are idempotent anyway.
    removeOnComplete: on === 'inference' ? true : { age: 86_400, count: 10_000 },
    removeOnFail: { age: 86_400, count: 1000 },
  };
}

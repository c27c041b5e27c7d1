// The only place that puts jobs on queues.
import { Queue, createNodeRedisClient } from 'bullmq';
import { AppError } from '../errors.js';
import type { Keys } from '../redis/keys.js';
import { orUnavailable } from '../redis/or-unavailable.js';
import type { RedisConnections } from '../redis/redis-client.js';
import { addJob, type StoredJob } from './job-scripts.js';
import {
  jobs,
  queueNames,
  type JobName,
  type JobPayload,
  type QueueName,
  type QueueOf,
} from './catalogue.js';

const MAX_EVENTS = 100;

/** `waiting` includes the urgent ones, which are taken before the others. */
export type JobCounts = Readonly<Record<'urgent' | 'waiting' | 'active' | 'delayed' | 'failed', number>>;

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
      // Nobody reads the events; what BullMQ writes of them all the same stays short.
      const events = { maxLen: MAX_EVENTS };
      const queue = new Queue(name, { connection, prefix: keys.queues, streams: { events } });
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
      const data = jobs[name].codec.encode(payload);
      const added =
        queue !== 'background' && urgent
          ? addJob(redis.commands, queueOf(queue).toKey, toStored(name, id, data))
          : queueOf(queue).add(name, data, {
              jobId: id,
              ...optionsOf(name),
              ...(urgent ? {} : { priority: 1 }),
            });
      await orUnavailable<unknown>(added, 'The queue cannot be reached.');
    },
    async repeat(queue, name, everyMs, payload) {
      await queueOf(queue).upsertJobScheduler(
        name,
        { every: everyMs },
        { name, data: jobs[name].codec.encode(payload), opts: optionsOf(name) },
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
        const { waiting: urgent = 0, prioritized = 0, active = 0, delayed = 0, failed = 0 } = counts;
        return [name, { urgent, waiting: urgent + prioritized, active, delayed, failed }] as const;
      });
      return new Map(await Promise.all(counted));
    },
    async close() {
      await Promise.all([...queues.values()].map((queue) => queue.close()));
    },
  };
}

function toStored(name: JobName, id: string, data: object): StoredJob {
  return {
    id,
    name,
    data: JSON.stringify(data),
    opts: JSON.stringify(optionsOf(name)),
    timestamp: Date.now(),
  };
}

function optionsOf(name: JobName) {
  const { attempts, backoffMs } = jobs[name];
  return { attempts, backoff: { type: 'exponential', delay: backoffMs } };
}

// Appends what this process and its machine use to the resource stream, every few seconds until it stops.
import { hostname } from 'node:os';
import type { Logger } from 'pino';
import { resourceSampleCodec, type ResourceSample } from '../events/resource-sample.js';
import type { RedisConnections } from '../redis/redis-client.js';
import { redisMemory } from './redis-memory.js';
import { createProcessSampler } from './sample-process.js';

const EVERY_MS = 5000;
const MAX_ENTRIES = '10000';
const MAX_NAME_LENGTH = 100;

export interface SamplingOptions {
  readonly redis: RedisConnections;
  /** The key of the resource stream. */
  readonly stream: string;
  /** Unique to this run of this process. */
  readonly processId: string;
  readonly roles: readonly string[];
  readonly dataDir: string;
  /** Jobs that wait, by queue; set where this process tells of what all share: queues and Redis. */
  readonly waiting?: (() => Promise<ResourceSample['queues']>) | undefined;
  readonly log: Logger;
  /** Epoch ms. */
  readonly now: () => number;
  readonly everyMs?: number;
  readonly host?: string;
}

/** The first sample comes after `everyMs`. One that cannot be told, as Redis is away, is left out; `stop` tells of the end. */
export function startSampling(options: SamplingOptions): { stop(): Promise<void> } {
  const { redis, stream, processId, roles, waiting, now, everyMs = EVERY_MS } = options;
  const log = options.log.child({ room: 'resources' });
  const host = (options.host ?? hostname()).slice(0, MAX_NAME_LENGTH) || 'unknown';
  const sampler = createProcessSampler(options);
  let stopped = false;
  let timer: NodeJS.Timeout;

  const shared = async (): Promise<Pick<ResourceSample, 'queues' | 'redis'>> => {
    if (waiting === undefined) return { queues: [], redis: null };
    const [queues, memory] = await Promise.all([waiting(), redisMemory(redis)]);
    return { queues, redis: memory };
  };
  const tell = async (isLast: boolean) => {
    const own = await sampler.sample();
    // The others would wait for the connection to fail one by one.
    if (!redis.ready()) return;
    try {
      const common = isLast ? { queues: [], redis: null } : await shared();
      const [field, text] = resourceSampleCodec.encode({
        ...{ v: 1, at: now(), host, processId, roles: [...roles], isLast },
        ...own,
        ...common,
      });
      await redis.commands.sendCommand(['XADD', stream, 'MAXLEN', '~', MAX_ENTRIES, '*', field, text]);
    } catch (error) {
      log.debug({ reason: String(error) }, 'a sample could not be told');
    }
  };
  let underWay: Promise<void> = Promise.resolve();
  const schedule = () => {
    timer = setTimeout(() => {
      underWay = tell(false).finally(() => {
        if (!stopped) schedule();
      });
    }, everyMs);
  };
  schedule();

  return {
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await underWay;
      await tell(true);
      sampler.stop();
    },
  };
}

// Runs the handlers of one queue: reads payloads once, measures, classifies errors, and starts anew when work stops moving.
import { setTimeout as wait } from 'node:timers/promises';
import { UnrecoverableError, Worker, createNodeRedisClient, createRedisBackend, type Job } from 'bullmq';
import type { Logger } from 'pino';
import { AppError } from '../errors.js';
import type { Metrics } from '../metrics.js';
import type { JobKind, JobName, JobPayload, JobsOn, QueueName } from '../queue/catalogue.js';
import type { Keys } from '../redis/keys.js';
import type { RedisConnections } from '../redis/redis-client.js';
import { within } from '../time-limit.js';
import { createJobReader, type Handlers, type ReadJob } from './read-job.js';
import { createShortBackend } from './short-backend.js';

export interface WorkerHostOptions<Kind extends JobKind> {
  readonly queue: QueueName;
  readonly handlers: Handlers<JobsOn<Kind>>;
  /** Called when a job has no attempt left, also when it was lost by a worker that died. */
  readonly onGivenUp?: (payload: JobPayload<JobsOn<Kind>>) => Promise<void>;
  readonly redis: RedisConnections;
  readonly keys: Keys;
  readonly concurrency: number;
  readonly log: Logger;
  readonly metrics: Metrics;
}

export interface WorkerHost {
  activeJobs(): number;
  completedJobs(): number;
  /** Takes no new job and waits for the running ones. */
  stop(): Promise<void>;
}

// A job is redone elsewhere this long after its worker died. Doing it twice is harmless, so the lock can be short.
const LOCK_MS = 5000;
const STALLED_CHECK_MS = 1500;
const WATCH_EVERY_MS = 5000;
const A_DAY_S = 86_400;
// Background jobs stay for a day, so that their ids keep a second notification out; predictions are idempotent anyway.
const KEEP = {
  inference: { removeOnComplete: { count: 0 }, removeOnFail: { age: A_DAY_S, count: 1000 } },
  background: {
    removeOnComplete: { age: A_DAY_S, count: 10_000 },
    removeOnFail: { age: A_DAY_S, count: 1000 },
  },
} as const;

/** Starts consuming one queue. */
export async function startWorkerHost<Kind extends JobKind>(
  options: WorkerHostOptions<Kind>,
): Promise<WorkerHost> {
  const { queue, redis, metrics } = options;
  const log = options.log.child({ room: 'workers', queue });
  let active = 0;
  let completed = 0;
  const stopping = new AbortController();
  const stopped = () => stopping.signal.aborted;
  const readJob = createJobReader(options.handlers);
  const isInference = queue !== 'background';

  const run = async (job: Job<unknown>): Promise<void> => {
    active += 1;
    const stopTimer = metrics.jobSeconds.startTimer({ job: job.name });
    try {
      await handle(job.name, readJob(job));
      completed += 1;
      metrics.jobs.inc({ job: job.name, outcome: 'ok' });
    } finally {
      stopTimer();
      active -= 1;
    }
  };

  const open = async () => {
    const raw = await redis.blocking(`worker-${queue}`);
    const connection = createNodeRedisClient(raw);
    connection.on('error', () => undefined);
    const settings = {
      connection,
      ...KEEP[isInference ? 'inference' : 'background'],
      prefix: options.keys.queues,
      concurrency: options.concurrency,
      lockDuration: LOCK_MS,
      stalledInterval: STALLED_CHECK_MS,
      maxStalledCount: 2,
      drainDelay: 1,
      runRetryDelay: 500,
    };
    const backend = isInference ? createShortBackend(LOCK_MS) : createRedisBackend;
    const worker = new Worker(queue, run, settings, backend);
    worker.on('error', (err) => log.debug({ err }, 'queue connection'));
    worker.on('failed', (job, err) => {
      if (job === undefined) return;
      const final = job.finishedOn !== undefined;
      metrics.jobs.inc({ job: job.name, outcome: final ? 'failed' : 'retry' });
      const read = readJob(job);
      const payload = read?.payload.ok === true ? read.payload.value : undefined;
      const traceIds = payload === undefined ? [] : read?.codec.traceIds(payload);
      const place = { job: job.name, jobId: job.id, attempt: job.attemptsMade, traceIds };
      log[final ? 'error' : 'warn'](
        { ...place, err },
        final ? 'job given up' : 'job failed; it is tried again',
      );
      if (!final || payload === undefined) return;
      options.onGivenUp?.(payload).catch((reason: unknown) => {
        log.error({ ...place, err: reason }, 'could not report a job that was given up');
      });
    });
    return {
      worker,
      async close(force: boolean) {
        await worker.close(force);
        if (raw.isOpen) raw.destroy();
      },
    };
  };

  let current = await open();
  const stopWatching = watch(async () => {
    const before = completed;
    if (stopped() || active > 0 || !redis.ready()) return;
    const base = `${options.keys.queues}:${queue}`;
    const waiting =
      (await redis.commands.lLen(`${base}:wait`)) + (await redis.commands.zCard(`${base}:prioritized`));
    if (waiting === 0) return;
    await wait(WATCH_EVERY_MS, undefined, { signal: stopping.signal });
    if (stopped() || active > 0 || completed !== before || !redis.ready()) return;
    log.warn({ waiting }, 'jobs wait but none is taken; consuming anew');
    const stuck = current;
    const next = await open();
    if (stopped()) {
      await next.close(true);
      return;
    }
    current = next;
    await stuck.close(true);
  });

  return {
    activeJobs: () => active,
    completedJobs: () => completed,
    async stop() {
      stopping.abort();
      await Promise.all([current.close(false), stopWatching()]);
    },
  };
}

async function handle<Names extends JobName>(name: string, job: ReadJob<Names> | undefined): Promise<void> {
  if (job === undefined) throw new UnrecoverableError(`no handler for job "${name}"`);
  const { handler, payload, timeLimitMs } = job;
  if (!payload.ok) throw new UnrecoverableError(`the payload of "${name}" does not parse: ${payload.reason}`);
  try {
    await within(timeLimitMs, handler(payload.value), `the job took longer than ${timeLimitMs} ms`);
  } catch (error) {
    if (error instanceof AppError && !error.retryable) throw new UnrecoverableError(error.message);
    throw error;
  }
}

/** Checks every few seconds, never twice at once; a failed check is the next one's problem. To stop is to await the last. */
function watch(check: () => Promise<void>): () => Promise<void> {
  let underWay: Promise<void> | undefined;
  const timer = setInterval(() => {
    underWay ??= check()
      .catch(() => undefined)
      .finally(() => {
        underWay = undefined;
      });
  }, WATCH_EVERY_MS);
  return async () => {
    clearInterval(timer);
    await underWay;
  };
}

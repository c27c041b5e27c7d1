// Runs the handlers of one queue: parses payloads, measures, classifies errors, and starts anew when work stops moving.
import { UnrecoverableError, Worker, createNodeRedisClient, type Job } from 'bullmq';
import type { Logger } from 'pino';
import { AppError } from '../errors.js';
import type { Metrics } from '../metrics.js';
import {
  catalogue,
  traceIdsOf,
  type JobName,
  type JobPayload,
  type JobsOn,
  type QueueName,
} from '../queue/catalogue.js';
import type { Keys } from '../redis/keys.js';
import type { RedisConnections } from '../redis/redis-client.js';
import { within } from '../time-limit.js';

/** A handler is idempotent: the same payload may come twice. */
export type Handler<Name extends JobName> = (payload: JobPayload<Name>) => Promise<void>;

export type Handlers<Names extends JobName> = { readonly [Name in Names]: Handler<Name> };

export interface WorkerHostOptions<Kind extends 'inference' | 'background'> {
  readonly queue: QueueName;
  readonly handlers: Handlers<JobsOn<Kind>>;
  /** Called when a job has no attempt left, also when it was lost by a worker that died. */
  readonly onGivenUp?: (name: string, payload: unknown) => Promise<void>;
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

/** Starts consuming one queue. */
export async function startWorkerHost<Kind extends 'inference' | 'background'>(
  options: WorkerHostOptions<Kind>,
): Promise<WorkerHost> {
  const { queue, redis, metrics } = options;
  const log = options.log.child({ room: 'workers', queue });
  let active = 0;
  let completed = 0;
  const stopping = new AbortController();
  const stopped = () => stopping.signal.aborted;
  const handlers = new Map<string, Handler<JobName>>(Object.entries(options.handlers));

  const run = async (job: Job<unknown>): Promise<void> => {
    active += 1;
    const stopTimer = metrics.jobSeconds.startTimer({ job: job.name });
    try {
      await handle(handlers, job);
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
    const worker = new Worker<unknown>(queue, run, {
      connection,
      prefix: options.keys.queues,
      concurrency: options.concurrency,
      lockDuration: LOCK_MS,
      stalledInterval: STALLED_CHECK_MS,
      maxStalledCount: 2,
      drainDelay: 1,
      runRetryDelay: 500,
    });
    worker.on('error', (err) => log.debug({ err }, 'queue connection'));
    worker.on('failed', (job, err) => {
      if (job === undefined) return;
      const final = job.finishedOn !== undefined;
      metrics.jobs.inc({ job: job.name, outcome: final ? 'failed' : 'retry' });
      const place = {
        job: job.name,
        jobId: job.id,
        attempt: job.attemptsMade,
        traceIds: traceIdsOf(job.data),
      };
      log[final ? 'error' : 'warn'](
        { ...place, err },
        final ? 'job given up' : 'job failed; it is tried again',
      );
      if (!final) return;
      options.onGivenUp?.(job.name, job.data).catch((reason: unknown) => {
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
    await new Promise((resume) => setTimeout(resume, WATCH_EVERY_MS));
    if (stopped() || active > 0 || completed !== before || !redis.ready()) return;
    log.warn({ waiting }, 'jobs wait but none is taken; consuming anew');
    const stuck = current;
    current = await open();
    await stuck.close(true);
  });

  return {
    activeJobs: () => active,
    completedJobs: () => completed,
    async stop() {
      stopping.abort();
      stopWatching();
      await current.close(false);
    },
  };
}

async function handle(handlers: ReadonlyMap<string, Handler<JobName>>, job: Job<unknown>): Promise<void> {
  const handler = handlers.get(job.name);
  const entry = Object.entries(catalogue).find(([name]) => name === job.name)?.[1];
  if (handler === undefined || entry === undefined)
    throw new UnrecoverableError(`no handler for job "${job.name}"`);
  const parsed = entry.payload.safeParse(job.data);
  if (!parsed.success)
    throw new UnrecoverableError(`the payload of "${job.name}" does not parse: ${parsed.error.message}`);
  try {
    await within(entry.timeLimitMs, handler(parsed.data), `the job took longer than ${entry.timeLimitMs} ms`);
  } catch (error) {
    if (error instanceof AppError && !error.retryable) throw new UnrecoverableError(error.message);
    throw error;
  }
}

/** Checks every few seconds, never twice at once; a failed check is the next one's problem. */
function watch(check: () => Promise<void>): () => void {
  let checking = false;
  const timer = setInterval(() => {
    if (checking) return;
    checking = true;
    check()
      .catch(() => undefined)
      .finally(() => {
        checking = false;
      });
  }, WATCH_EVERY_MS);
  return () => clearInterval(timer);
}

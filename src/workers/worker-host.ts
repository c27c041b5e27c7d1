// Runs the handlers of one queue: parses payloads, measures, classifies errors, and starts anew when work stops moving.
import { UnrecoverableError, Worker, createNodeRedisClient, type Job } from 'bullmq';
import type { Logger } from 'pino';
import { AppError } from '../errors.js';
import type { Metrics } from '../metrics.js';
import { catalogue, type JobName, type JobPayload, type JobsOn, type QueueName } from '../queue/catalogue.js';
import type { Keys } from '../redis/keys.js';
import type { RedisConnections } from '../redis/redis-client.js';

/** A handler is idempotent: the same payload may come twice. */
export type Handler<Name extends JobName> = (payload: JobPayload<Name>) => Promise<void>;

export type Handlers<Names extends JobName> = { readonly [Name in Names]: Handler<Name> };

export interface WorkerHostOptions<Kind extends 'inference' | 'background'> {
  readonly queue: QueueName;
  readonly handlers: Handlers<JobsOn<Kind>>;
  /** Called when a job has no attempt left, also when it was lost by a worker that died. */
  readonly onGivenUp?: (name: string, payload: unknown, error: Error) => Promise<void>;
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
  const { queue, redis, log, metrics } = options;
  let active = 0;
  let completed = 0;
  const handlers = new Map<string, Handler<JobName>>(Object.entries(options.handlers));

  const process = async (job: Job<unknown>): Promise<void> => {
    active += 1;
    const stopTimer = metrics.jobSeconds.startTimer({ job: job.name });
    try {
      await handle(handlers, job);
      completed += 1;
      metrics.jobs.inc({ job: job.name, outcome: 'ok' });
    } catch (error) {
      const final = error instanceof UnrecoverableError;
      metrics.jobs.inc({ job: job.name, outcome: final ? 'failed' : 'retry' });
      log.warn({ job: job.name, jobId: job.id, attempt: job.attemptsMade + 1, err: error }, 'job failed');
      throw error;
    } finally {
      stopTimer();
      active -= 1;
    }
  };

  const open = async () => {
    const raw = await redis.blocking(`worker-${queue}`);
    const connection = createNodeRedisClient(raw);
    connection.on('error', () => undefined);
    const worker = new Worker<unknown>(queue, process, {
      connection,
      prefix: options.keys.queues,
      concurrency: options.concurrency,
      lockDuration: LOCK_MS,
      stalledInterval: STALLED_CHECK_MS,
      maxStalledCount: 2,
      drainDelay: 1,
      runRetryDelay: 500,
    });
    worker.on('error', (err) => log.debug({ err, queue }, 'queue connection'));
    worker.on('failed', (job, error) => {
      if (job?.finishedOn === undefined) return;
      options
        .onGivenUp?.(job.name, job.data, error)
        .catch((err: unknown) => log.error({ err, jobId: job.id }, 'could not report a lost job'));
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
    if (active > 0 || !redis.ready()) return;
    const waiting = await redis.commands.lLen(`${options.keys.queues}:${queue}:wait`);
    if (waiting === 0) return;
    await new Promise((resume) => setTimeout(resume, WATCH_EVERY_MS));
    if (active > 0 || completed !== before || !redis.ready()) return;
    log.warn({ queue, waiting }, 'jobs wait but none is taken; consuming anew');
    const stuck = current;
    current = await open();
    await stuck.close(true);
  });

  return {
    activeJobs: () => active,
    completedJobs: () => completed,
    async stop() {
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
    await within(entry.timeLimitMs, handler(parsed.data));
  } catch (error) {
    if (error instanceof AppError && !error.retryable) throw new UnrecoverableError(error.message);
    throw error;
  }
}

async function within(limitMs: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`the job took longer than ${limitMs} ms`)), limitMs);
  });
  await Promise.race([work, limit]).finally(() => clearTimeout(timer));
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

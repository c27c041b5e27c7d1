// BullMQ's backend for the workers of an inference queue: taking and finishing a job by short scripts, all else as it is.
import { createRedisBackend, type BackendFactory, type JobJson, type RedisQueueBackend } from 'bullmq';
import { z } from 'zod';
import { FINISH, TAKE, TAKE_KEYS } from '../queue/job-scripts.js';

/** What a worker is told: the job, its id, and that nothing limits it. */
type Taken = [job: JobJson | undefined, id: string | undefined, limitMs: number, waitUntil: number];

const NOTHING: Taken = [undefined, undefined, 0, 0];

/** Jobs that are done leave nothing behind. Retries, locks, stalled jobs and failures stay BullMQ's. */
export function createShortBackend(lockMs: number): BackendFactory<RedisQueueBackend> {
  return (name, opts, hints) => {
    const backend = createRedisBackend(name, opts, hints);
    const stock = {
      moveToActive: backend.moveToActive.bind(backend),
      moveToCompleted: backend.moveToCompleted.bind(backend),
      waitForJob: backend.waitForJob.bind(backend),
    };
    const takeKeys = TAKE_KEYS.map((key) => backend.toKey(key));
    const argsOf = (token: string) => [backend.toKey(''), String(Date.now()), token, String(lockMs)];
    let defined = false;
    // Known since the last job was taken: another one will have woken this worker, which asks again then.
    let isEmpty = false;

    const run = async (script: 'take' | 'finish', args: readonly string[]): Promise<Answer> => {
      const client = await backend.client;
      if (!defined) {
        client.defineCommand('vigie:take', { lua: TAKE, numberOfKeys: TAKE_KEYS.length });
        client.defineCommand('vigie:finish', { lua: FINISH, numberOfKeys: TAKE_KEYS.length + 3 });
        defined = true;
      }
      // BullMQ answers nothing when the connection is closed on purpose.
      return answerSchema.parse((await client.runCommand(`vigie:${script}`, [...args])) ?? 'none');
    };
    const taken = (answer: readonly [string, number, StoredFields]): Taken => {
      const [id, left, fields] = answer;
      isEmpty = left === 0;
      return [toJobJson(id, fields), id, 0, 0];
    };

    backend.moveToActive = async (token, workerName): Promise<unknown[]> => {
      if (isEmpty) {
        isEmpty = false;
        return NOTHING;
      }
      const answer = await run('take', [...takeKeys, ...argsOf(token)]);
      if (answer === 'none') return NOTHING;
      return typeof answer === 'string' ? await stock.moveToActive(token, workerName) : taken(answer);
    };
    backend.moveToCompleted = async (job, returnValue, keep, token, fetchNext) => {
      const id = job.id ?? '';
      const keys = [...takeKeys, backend.toKey('stalled'), backend.toKey(id), backend.toKey(`${id}:lock`)];
      const answer = await run('finish', [...keys, ...argsOf(token), id, fetchNext ? '1' : '0']);
      // Says what is wrong, in the words its worker knows.
      if (answer === 'lost') return await stock.moveToCompleted(job, returnValue, keep, token, fetchNext);
      const next = typeof answer === 'string' ? NOTHING : taken(answer);
      return { result: answer === 'ask' || !fetchNext ? undefined : next, finishedOn: Date.now() };
    };
    backend.waitForJob = async (seconds) => {
      isEmpty = false;
      try {
        return await stock.waitForJob(seconds);
      } finally {
        // What the other slots learned meanwhile may be older than the job that woke this one, and its marker is gone.
        isEmpty = false;
      }
    };
    return backend;
  };
}

const textSchema = z.string().nullish();
const fieldsSchema = z.tuple([
  z.string(),
  z.string(),
  z.string(),
  z.string(),
  z.coerce.number(),
  textSchema,
  textSchema,
  textSchema,
  textSchema,
]);
const answerSchema = z.union([
  z.enum(['none', 'ask', 'lost']),
  z.tuple([z.string(), z.number(), fieldsSchema]),
]);

type StoredFields = z.infer<typeof fieldsSchema>;
type Answer = z.infer<typeof answerSchema>;

const optsSchema = z.looseObject({});

function toJobJson(id: string, fields: StoredFields): JobJson {
  const [name, data, opts, timestamp, attemptsStarted, attemptsMade, stalled, deferredFailure, stacktrace] =
    fields;
  return {
    id,
    name,
    data,
    opts: optsSchema.parse(JSON.parse(opts)),
    progress: 0,
    timestamp: Number(timestamp),
    attemptsStarted,
    attemptsMade: Number(attemptsMade ?? 0),
    stalledCounter: Number(stalled ?? 0),
    failedReason: '',
    returnvalue: 'null',
    ...(typeof deferredFailure === 'string' && { deferredFailure }),
    ...(typeof stacktrace === 'string' && { stacktrace }),
  };
}

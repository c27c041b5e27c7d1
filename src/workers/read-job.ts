// What a job asks for: its handler and its payload, read once however often the job is looked at.
import type { Job } from 'bullmq';
import type { Decoded } from '../events/codec.js';
import { jobs, type JobName, type JobPayload } from '../queue/catalogue.js';
import type { JobCodec } from '../queue/job-codec.js';

/** A handler is idempotent: the same payload may come twice. */
export type Handler<Name extends JobName> = (payload: JobPayload<Name>) => Promise<void>;

export type Handlers<Names extends JobName> = { readonly [Name in Names]: Handler<Name> };

/** How a job's payload is read and handled, and the payload or the reason why there is none. */
export interface ReadJob<Names extends JobName> {
  readonly codec: JobCodec<JobPayload<Names>>;
  readonly handler: Handler<Names>;
  readonly timeLimitMs: number;
  readonly payload: Decoded<JobPayload<Names>>;
}

/** Undefined for a job without a handler. */
export function createJobReader<Names extends JobName>(
  handlers: Handlers<Names>,
): (job: Job<unknown>) => ReadJob<Names> | undefined {
  const read = new WeakMap<Job<unknown>, ReadJob<Names>>();
  const isHandled = (name: string): name is Names => Object.hasOwn(handlers, name);
  return (job) => {
    const known = read.get(job);
    if (known !== undefined || !isHandled(job.name)) return known;
    const { codec, timeLimitMs } = jobs[job.name];
    const found = { codec, handler: handlers[job.name], timeLimitMs, payload: codec.decode(job.data) };
    read.set(job, found);
    return found;
  };
}

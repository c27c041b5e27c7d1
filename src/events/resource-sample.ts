// The contract of the resource stream: what one process, its machine and what it leans on used at one moment.
import { z } from 'zod';
import { jsonCodec } from './codec.js';

const amount = z.number().nonnegative();

/** One entry: one process at `at` (epoch ms, by its own clock). What a process cannot see is null or empty. */
export const resourceSampleSchema = z.object({
  v: z.literal(1),
  at: z.number(),
  host: z.string().min(1).max(100),
  /** Unique to this run of the process. */
  processId: z.string().min(1).max(100),
  roles: z.array(z.string().min(1).max(20)).min(1).max(5),
  /** The process stops in good order, and says no more after this. */
  isLast: z.boolean(),
  process: z.object({
    /** Of the cores it may use, since its last sample; 1 is all of them. */
    cpuShare: amount,
    residentBytes: amount,
    heapUsedBytes: amount,
    heapLimitBytes: amount,
    /** The 99th percentile since its last sample of how much later than asked a timer was called. */
    eventLoopDelaySeconds: amount,
  }),
  /** The container, where it has a limit, or else the machine; caches that would be given back do not count as used. */
  machine: z.object({ memoryUsedBytes: amount, memoryLimitBytes: amount }),
  /** The disk of the data folder. */
  disk: z.object({ freeBytes: amount, totalBytes: amount }).nullable(),
  /** Jobs that wait, by queue. */
  queues: z.array(z.object({ name: z.string().min(1).max(64), waiting: amount })).max(16),
  /** `limitBytes`: `maxmemory`, or else the memory of its machine. */
  redis: z.object({ usedBytes: amount, limitBytes: amount }).nullable(),
});

/** Hand it to whoever writes or reads `resources`. */
export const resourceSampleCodec = jsonCodec(resourceSampleSchema);

export type ResourceSample = z.infer<typeof resourceSampleSchema>;

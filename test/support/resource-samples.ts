// Samples of processes as they would tell them, for tests of what watches Vigie itself.
import type { ResourceSample } from '../../src/events/resource-sample.js';
import type { MonitorSubject } from '../../src/monitors/monitor.js';
import { createWatchableSystem } from '../../src/roles/create-watchable-system.js';
import { seededRandom } from './monitor-batches.js';

export const GIB = 1024 ** 3;

/** What a test sets of a sample; bytes, shares and seconds. */
export interface TestSample {
  readonly host?: string;
  readonly processId?: string;
  readonly roles?: readonly string[];
  readonly isLast?: boolean;
  readonly cpuShare?: number;
  readonly residentBytes?: number;
  readonly heapUsedBytes?: number;
  readonly eventLoopDelaySeconds?: number;
  readonly memoryUsedBytes?: number;
  readonly diskFreeBytes?: number;
  readonly waiting?: number;
  readonly redisUsedBytes?: number;
}

/** A quiet worker with 2 GiB and a disk of 100 GiB at `at` (epoch ms), but for what is set. */
export function resourceSample(at: number, set: TestSample = {}): ResourceSample {
  return {
    v: 1,
    at,
    host: set.host ?? 'host-1',
    processId: set.processId ?? 'process-1',
    roles: [...(set.roles ?? ['worker'])],
    isLast: set.isLast ?? false,
    process: {
      cpuShare: set.cpuShare ?? 0.2,
      residentBytes: set.residentBytes ?? 0.4 * GIB,
      heapUsedBytes: set.heapUsedBytes ?? 0.1 * GIB,
      heapLimitBytes: 2 * GIB,
      eventLoopDelaySeconds: set.eventLoopDelaySeconds ?? 0.002,
    },
    machine: { memoryUsedBytes: set.memoryUsedBytes ?? GIB, memoryLimitBytes: 2 * GIB },
    disk: { freeBytes: set.diskFreeBytes ?? 60 * GIB, totalBytes: 100 * GIB },
    queues: set.waiting === undefined ? [] : [{ name: 'inference-cpu', waiting: set.waiting }],
    redis: set.redisUsedBytes === undefined ? null : { usedBytes: set.redisUsedBytes, limitBytes: GIB },
  };
}

/** Four ordinary processes on two machines, one of which tells of queues and Redis, in turn about every 50 ms. */
export function resourceTraffic(
  count: number,
  { from = 1_700_000_000_000, seed = 7 } = {},
): ResourceSample[] {
  const random = seededRandom(seed);
  let at = from;
  return Array.from({ length: count }, (_, i) => {
    at += 1 + Math.floor(random() * 100);
    return resourceSample(at, {
      host: `host-${i % 2}`,
      processId: `process-${i % 4}`,
      roles: i % 4 === 0 ? ['monitor'] : ['worker'],
      cpuShare: random(),
      residentBytes: (0.2 + random() / 10) * GIB,
      ...(i % 4 === 0 && { waiting: Math.floor(random() * 10), redisUsedBytes: random() * GIB }),
    });
  });
}

/** Vigie itself, as a monitor is created for it. */
export function systemSubject(): MonitorSubject {
  return createWatchableSystem({ monitors: {}, alerts: {} }).subject();
}

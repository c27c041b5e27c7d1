// What processes may tell of themselves that no monitor may be hurt or blinded by.
import type { ResourceSample } from '../../../src/monitors/monitor.js';
import { hostileClocks, hostileInput } from './hostile-input.js';
import type { HostileInput } from './model-traffic.js';

/** A process that says something else of itself than it said is none; but another may be beside it. */
const ofAnother = (sample: ResourceSample) => ({ ...sample, host: 'host-2', processId: 'another' });

/** By name. */
export function hostileSamples(): HostileInput[] {
  return [
    hostileInput('a value of 1e9 in every fourth sample', {
      resource: (sample, i) =>
        i % 4 !== 0
          ? sample
          : {
              ...sample,
              process: { ...sample.process, cpuShare: 1e9, eventLoopDelaySeconds: 1e9, residentBytes: 1e18 },
              machine: { ...sample.machine, memoryUsedBytes: 1e18 },
            },
    }),
    hostileInput('numbers that stand still', {
      resource: (sample) => ({
        ...ofAnother(sample),
        process: { ...sample.process, cpuShare: 0.5, residentBytes: 1e8, eventLoopDelaySeconds: 0 },
      }),
    }),
    hostileInput('machines never seen', {
      resource: (sample, i) => ({ ...sample, host: `new-${i}`, processId: `new-${i}` }),
    }),
    hostileInput('all missing', {
      resource: (sample) => ({ ...sample, disk: null, redis: null, queues: [], roles: [] }),
    }),
    hostileInput('NaN and Infinity', {
      resource: (sample, i) => ({
        ...sample,
        process: { ...sample.process, cpuShare: Number.NaN, residentBytes: Number.NaN },
        machine: { memoryUsedBytes: i % 2 === 0 ? Infinity : Number.NaN, memoryLimitBytes: Number.NaN },
        disk: { freeBytes: Number.NaN, totalBytes: Infinity },
      }),
    }),
    hostileInput('limits of nothing', {
      resource: (sample) => ({
        ...sample,
        process: { ...sample.process, heapLimitBytes: 0 },
        machine: { memoryUsedBytes: 0, memoryLimitBytes: 0 },
        disk: { freeBytes: 0, totalBytes: 0 },
        redis: { usedBytes: 0, limitBytes: 0 },
      }),
    }),
    hostileInput('processes that ended', {
      resource: (sample) => ({ ...ofAnother(sample), isLast: true }),
    }),
    ...hostileClocks(),
  ];
}

// What Vigie's own processes tell of themselves.
import type { MonitorEvent, ResourceSample } from '../../../src/monitors/monitor.js';
import { GIB, resourceSample, resourceTraffic, systemSubject } from '../resource-samples.js';
import { hostileSamples } from './hostile-samples.js';
import type { ModelTraffic } from './model-traffic.js';
import { START_MS } from './timing.js';

const EVERY_MS = 5000;
/** Two hours. */
const SAMPLES = 1440;

/** A worker, and in `wrong` one that takes ever more of what is free, until nothing is. */
export function systemTraffic(): ModelTraffic {
  const samples = (first: number, taken: (i: number) => number) =>
    Array.from({ length: SAMPLES }, (_, i): MonitorEvent => {
      const used = 0.4 * GIB + taken(i);
      const at = START_MS + (first + i) * EVERY_MS;
      return ofSample(resourceSample(at, { residentBytes: used, memoryUsedBytes: used + 0.5 * GIB }));
    });
  return {
    subject: systemSubject(),
    bare: systemSubject(),
    ordinary: (count) => resourceTraffic(count).map(ofSample),
    shift: () => ({
      ordinary: samples(0, (i) => (i % 7) * 1e6),
      wrong: samples(SAMPLES, (i) => (i / SAMPLES) * 1.1 * GIB),
    }),
    odd: oddSamples().map(ofSample),
    crowd: crowdOfSamples,
    hostile: hostileSamples(),
  };
}

function ofSample(sample: ResourceSample): MonitorEvent {
  return { kind: 'resource', sample };
}

function oddSamples(): ResourceSample[] {
  const sample = resourceSample(START_MS, { waiting: 3, redisUsedBytes: 5 });
  return [
    sample,
    { ...sample, at: Number.NaN },
    { ...sample, at: 1e300 },
    { ...sample, at: START_MS - 1e9 },
    { ...sample, process: { ...sample.process, cpuShare: Number.NaN, residentBytes: -1, heapLimitBytes: 0 } },
    { ...sample, machine: { memoryUsedBytes: 1e300, memoryLimitBytes: 0 } },
    { ...sample, disk: { freeBytes: 10, totalBytes: 0 } },
    { ...sample, disk: null, redis: { usedBytes: 1, limitBytes: Infinity } },
    { ...sample, host: '__proto__', processId: 'constructor', roles: [] },
    { ...sample, queues: [{ name: '', waiting: Number.NaN }] },
    { ...sample, processId: 'never seen', isLast: true },
  ];
}

/** A hundred processes for a day, every machine with a name of its own and every sample a new process on it. */
function crowdOfSamples(): MonitorEvent[] {
  return Array.from({ length: 20_000 }, (_, i) => {
    const name = { host: `host-${i % 100}`, processId: `process-${i % 3 === 0 ? i : i % 100}` };
    const used = { residentBytes: Math.PI * 1e7 * (i % 97), waiting: i / 7, redisUsedBytes: Math.PI * i };
    const sample = resourceSample(START_MS - 86_400_000 + i * 4320, { ...name, ...used });
    return ofSample({ ...sample, queues: [{ name: `queue-${i % 50}`, waiting: i / 7 }] });
  });
}

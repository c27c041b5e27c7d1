// What the resources monitor tells of processes that come, stay and go, and of bounds that are passed.
import { describe, expect, it } from 'vitest';
import {
  GIB,
  resourceSample,
  systemSubject,
  type TestSample,
} from '../../../test/support/resource-samples.js';
import { resourcesMonitor } from './resources.monitor.js';

const START = 1_700_000_000_000;

function watch(settings: Record<string, unknown> = {}) {
  const monitor = resourcesMonitor.create(resourcesMonitor.settings.parse(settings), systemSubject());
  const tell = (at: number, set: TestSample = {}) =>
    monitor.update([{ kind: 'resource', sample: resourceSample(START + at * 1000, set) }]);
  return {
    monitor,
    tell,
    /** A sample every five seconds from second `from` to `to`. */
    tellFor: (from: number, to: number, set: TestSample = {}) => {
      for (let at = from; at <= to; at += 5) tell(at, set);
    },
    find: (at: number, key: string) =>
      monitor.evaluate(START + at * 1000).findings.find((finding) => finding.key === key),
    measured: (at: number) =>
      monitor
        .evaluate(START + at * 1000)
        .measurements.map(({ name, labels, value }) => [name, ...Object.values(labels), value]),
  };
}

describe('resources', () => {
  it('measures processes, machines, queues and Redis', () => {
    const { tell, measured } = watch();
    tell(0, { roles: ['api', 'monitor'], waiting: 7, redisUsedBytes: 0.5 * GIB });
    expect(measured(1)).toEqual([
      ['process_cpu_ratio', 'host-1', 'api+monitor', 0.2],
      ['process_resident_bytes', 'host-1', 'api+monitor', 0.4 * GIB],
      ['process_heap_ratio', 'host-1', 'api+monitor', 0.05],
      ['event_loop_delay_seconds', 'host-1', 'api+monitor', 0.002],
      ['machine_memory_ratio', 'host-1', 0.5],
      ['disk_free_ratio', 'host-1', 0.6],
      ['queue_depth', 'inference-cpu', 7],
      ['redis_memory_bytes', 0.5 * GIB],
    ]);
  });

  it.each<[string, TestSample, string]>([
    ['cpu:host-1/worker', { cpuShare: 0.97 }, 'warning'],
    ['event-loop:host-1/worker', { eventLoopDelaySeconds: 1.2 }, 'critical'],
    ['memory:host-1/worker', { residentBytes: 1.8 * GIB }, 'warning'],
    ['heap:host-1/worker', { heapUsedBytes: 1.95 * GIB }, 'critical'],
    ['memory:host-1', { memoryUsedBytes: 1.99 * GIB }, 'critical'],
    ['disk:host-1', { diskFreeBytes: 8 * GIB }, 'warning'],
    ['queue:inference-cpu', { waiting: 6000 }, 'warning'],
    ['redis-memory', { redisUsedBytes: 0.95 * GIB }, 'critical'],
  ])('finds %s once %j held for the window, and not before', (key, set, status) => {
    const { tellFor, find } = watch();
    tellFor(0, 60, set);
    expect(find(60, key)?.status).toBe('insufficient-data');
    tellFor(65, 300, set);
    expect(find(300, key)).toMatchObject({ status, threshold: expect.any(Number) as number });
  });

  it('lets a spike pass', () => {
    const { tellFor, find } = watch();
    tellFor(0, 240, {});
    tellFor(245, 300, { cpuShare: 1, residentBytes: 2 * GIB });
    expect(find(300, 'cpu:host-1/worker')?.status).toBe('ok');
    expect(find(300, 'memory:host-1/worker')?.status).toBe('ok');
  });

  it('ends the series of a process that stops at once, and of one that is killed after a minute, without an alarm', () => {
    const { tell, measured, find } = watch();
    tell(0, { processId: 'a', roles: ['api'] });
    tell(0, { processId: 'b' });
    tell(1, { processId: 'a', roles: ['api'], isLast: true });
    expect(measured(2).flat()).not.toContain('api');
    expect(measured(60).flat()).toContain('worker');
    expect(measured(62)).toEqual([]);
    expect(find(62, 'samples')?.status).toBe('no-data');
  });

  it('names processes alike on a machine by number, and a restarted one as it was named', () => {
    const { tell, measured } = watch();
    const names = (at: number) =>
      measured(at)
        .filter(([name]) => name === 'process_cpu_ratio')
        .map(([, host, process]) => `${host}/${process}`)
        .sort();
    tell(0, { processId: 'a' });
    tell(0, { processId: 'b' });
    tell(0, { processId: 'c', host: 'host-2' });
    expect(names(1)).toEqual(['host-1/worker', 'host-1/worker-2', 'host-2/worker']);
    tell(2, { processId: 'a', isLast: true });
    tell(3, { processId: 'd' });
    expect(names(4)).toEqual(['host-1/worker', 'host-1/worker-2', 'host-2/worker']);
  });

  it('shows the fullest of many', () => {
    const { tell, measured } = watch({ maxSeries: 2 });
    for (let i = 0; i < 5; i += 1)
      tell(0, { host: `host-${i}`, processId: `process-${i}`, cpuShare: i / 10 });
    const shown = measured(1).filter(([name]) => name === 'process_cpu_ratio');
    expect(shown.map(([, host]) => host)).toEqual(['host-4', 'host-3']);
  });

  it.each([
    { criticalWithinHours: 30 },
    { memory: { warnAbove: 0.99 } },
    { window: { seconds: 1 } },
    { memory: { warn: 1 } },
  ])('refuses the settings %j', (settings) => {
    expect(resourcesMonitor.settings.safeParse(settings).success).toBe(false);
  });
});

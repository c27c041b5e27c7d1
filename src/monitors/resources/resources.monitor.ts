// Watches what processes and machines use, and when memory, disk, queues or Redis would be exhausted.
import { defineMonitor, type Evaluation, type Finding, type MonitorMetric } from '../monitor.js';
import { judgeResource } from './judge-resource.js';
import { createResourceBook, type ResourceBook } from './resource-book.js';
import { isFreshAt, seenResources } from './seen-resources.js';
import { resourcesSettings, type ResourcesSettings } from './settings.js';

const metric = (
  name: string,
  unit: string | null,
  help: string,
  labels: readonly string[],
): MonitorMetric => ({ name, unit, help, labels });
const OF_PROCESS = ['host', 'process'];

/** Findings `cpu:`, `memory:`, `heap:`, `event-loop:<host>/<process>`, `memory:`, `disk:<host>`, `queue:<name>`, `redis-memory`. */
export const resourcesMonitor = defineMonitor({
  name: 'resources',
  title: 'Resources',
  summary: 'What processes and their machines use, and when something would be exhausted',
  tasks: ['system'],
  inputs: ['resource'],
  settings: resourcesSettings,
  metrics: [
    metric('process_cpu_ratio', 'ratio', 'Share of the cores it may use that the process used', OF_PROCESS),
    metric('process_resident_bytes', 'bytes', 'Memory of the process', OF_PROCESS),
    metric('process_heap_ratio', 'ratio', 'Share of its limit that the JavaScript heap used', OF_PROCESS),
    metric('event_loop_delay_seconds', 's', 'How late timers were called, 99th percentile', OF_PROCESS),
    metric('machine_memory_ratio', 'ratio', 'Share of the memory of container or machine in use', ['host']),
    metric('disk_free_ratio', 'ratio', 'Share of the disk of the data folder that is free', ['host']),
    metric('queue_depth', 'jobs', 'Jobs that wait on the queue', ['queue']),
    metric('redis_memory_bytes', 'bytes', 'Memory that Redis uses', []),
  ],
  create(chosen) {
    let book = createResourceBook(chosen);
    return {
      update: (events) => {
        for (const event of events) if (event.kind === 'resource') book.add(event.sample);
      },
      evaluate: (now) => evaluate(book, chosen, now),
      snapshot: () => book.snapshot(),
      restore: (state) => {
        const restored = createResourceBook(chosen);
        restored.restore(state);
        book = restored;
      },
    };
  },
});

function evaluate(book: ResourceBook, chosen: ResourcesSettings, now: number): Evaluation {
  const seen = seenResources(book, chosen, now);
  const fresh = [...book.processes.values()].filter(({ lastAt }) => isFreshAt(lastAt, chosen, now)).length;
  const from = seen.flatMap(({ reading }) => reading.from ?? []);
  const n = Math.max(0, ...seen.map(({ reading }) => reading.n));
  return {
    measurements: seen.map(({ measurement }) => measurement),
    findings: [
      judgeSamples(fresh),
      ...seen.map(({ named, reading }) => judgeResource(named, reading, chosen, now)),
    ],
    window:
      from.length === 0
        ? { from: null, to: null, n: 0 }
        : { from: Math.min(...from), to: Math.max(...seen.map(({ reading }) => reading.to)), n },
  };
}

function judgeSamples(processes: number): Finding {
  const isTold = processes > 0;
  return {
    key: 'samples',
    status: isTold ? 'ok' : 'no-data',
    value: isTold ? processes : null,
    ...{ threshold: null, effect: null, pValue: null, n: processes, detail: {} },
    summary: isTold ? `Processes that tell what they use: ${processes}` : 'No process tells what it uses',
  };
}

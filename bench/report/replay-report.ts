// Prints how fast a stream that was full already was read.
import type { ReplayResult } from '../scenarios/replay.js';
import { figure, formatTable } from './table.js';
import { change, formatMemory } from './units.js';

export function formatReplay(results: readonly ReplayResult[]): string {
  const table = formatTable(
    ['replay', 'predictions', 'recorder/s', 'monitors/s', 'both/s', 'stored', 'cores'],
    results.map(({ subject, predictions, perSecond, stored, pinned }) => [
      subject,
      figure(predictions),
      figure(perSecond.recorder),
      figure(perSecond.monitors),
      figure(perSecond.both),
      figure(stored),
      pinned ? 1 : 'any',
    ]),
  );
  const memory = results.map(
    ({ subject, memory, growth }) =>
      `${subject}: ${formatMemory(memory)}; the monitors after warm-up ${change(growth)}`,
  );
  return [table, 'memory at the start, at most, at the end:', ...memory].join('\n');
}

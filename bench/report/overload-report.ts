// Prints what became of three times the load that can be carried.
import { failuresOf } from '../load/failures.js';
import type { OverloadResult } from '../scenarios/overload.js';
import { formatFailed } from './case-report.js';
import { figure, formatTable } from './table.js';
import { formatMemory, latencies, percent } from './units.js';

export function formatOverload(results: readonly OverloadResult[]): string {
  const table = formatTable(
    [
      '3 times the peak',
      'peak/s',
      'offered/s',
      'goodput/s',
      'of peak',
      'accepted p50 ms',
      'p99',
      'OVERLOADED',
      'p99 ms',
      'otherwise failed',
    ],
    results.map(({ subject, model, peak, offered, load, accepted, refused }) => [
      `${subject}, ${model}`,
      figure(peak),
      figure(offered),
      figure(load.perSecond),
      percent(load.perSecond / peak),
      ...latencies(accepted),
      refused?.count ?? 0,
      figure(refused?.p99),
      formatFailed({ failed: failuresOf(load, ['OVERLOADED']), unsent: load.unsent }),
    ]),
  );
  const memory = results.map(({ subject, model, memory }) => `${subject}, ${model}: ${formatMemory(memory)}`);
  return [table, 'memory before, at most, after:', ...memory].join('\n');
}

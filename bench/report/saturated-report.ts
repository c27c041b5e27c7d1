// Prints how long small queries took while every worker was busy.
import { failuresOf } from '../load/failures.js';
import type { SaturatedResult } from '../scenarios/saturated.js';
import { formatFailed } from './case-report.js';
import { figure, formatTable } from './table.js';
import { latencies } from './units.js';

export function formatSaturated(results: readonly SaturatedResult[]): string {
  return formatTable(
    ['workers saturated', 'query', 'p50 ms', 'p99 ms', 'failed', 'predictions/s meanwhile'],
    results.map(({ subject, query, outcome, load, busyPerSecond }) => [
      subject,
      query,
      ...latencies(outcome),
      formatFailed({ failed: failuresOf(load), unsent: load.unsent }),
      figure(busyPerSecond),
    ]),
  );
}

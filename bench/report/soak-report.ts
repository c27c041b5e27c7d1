// Prints a soak: what failed, and the memory of each process as a curve.
import { failuresOf } from '../load/failures.js';
import type { SoakResult } from '../scenarios/soak.js';
import { formatFailed } from './case-report.js';
import { sparkline } from './sparkline.js';
import { figure } from './table.js';
import { change, latencies, mebibytes } from './units.js';

export function formatSoak({ subject, seconds, offered, outcome, memory, load }: SoakResult): string {
  const failed = formatFailed({ failed: failuresOf(load), unsent: load.unsent });
  const [p50, p99] = latencies(outcome);
  const curves = memory.map(({ label, growth, bytes }) => {
    const range = `${mebibytes(Math.min(...bytes))} to ${mebibytes(Math.max(...bytes))}`;
    return `  ${label.padEnd(14)} ${sparkline(bytes)}  ${range}, ${change(growth)} from warm-up to end`;
  });
  const head = `soak, ${subject}: ${figure(offered)}/s for ${seconds} s, p50 ${p50} ms, p99 ${p99} ms, failed: ${failed}`;
  return [head, ...curves].join('\n');
}

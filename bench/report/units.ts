// How amounts are written.
import type { Outcome } from '../load/plan.js';
import type { MemoryGrowth } from '../machine/watch-memory.js';
import { figure } from './table.js';

export const mebibytes = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MiB`;
export const percent = (share: number): string => `${figure(share * 100)} %`;
/** Of a change: with its sign. */
export const change = (share: number): string => `${share < 0 ? '' : '+'}${percent(share)}`;
export const latencies = (outcome: Outcome | undefined): [p50: string, p99: string] => [
  figure(outcome?.p50),
  figure(outcome?.p99),
];

/** Before, at most and after, by process. */
export function formatMemory(memory: readonly MemoryGrowth[]): string {
  const lines = memory.map(({ label, beforeBytes, mostBytes, afterBytes, growth }) => {
    const stages = [beforeBytes, mostBytes, afterBytes].map(mebibytes).join(', ');
    return `${label} ${stages} (${change(growth)})`;
  });
  return lines.join('; ');
}

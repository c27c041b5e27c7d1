// Prints on what a run was made, the load generator's own limit included.
import type { GeneratorLimit } from '../scenarios/generator-limit.js';
import type { Conditions } from './conditions.js';
import { figure } from './table.js';

export function formatConditions(
  conditions: Conditions,
  { perSecond, cpuShare, p50 }: GeneratorLimit,
): string {
  const lines = Object.entries({
    ...conditions,
    generator: `${figure(perSecond)} requests/s against a server that does nothing (64 connections, p50 ${figure(p50)} ms, ${figure(cpuShare)} of a core)`,
  });
  return lines.map(([name, value]) => `${name.padEnd(10)} ${value}`).join('\n');
}

// Looks at the memory of processes each second while something goes on.
import { readUsage, type Root } from './process-tree.js';

const EVERY_MS = 1000;

/** By process: resident bytes, one value a second. */
export type MemorySeries = ReadonlyMap<string, readonly number[]>;

/** The first look is taken at once, the last one by `stop`. */
export function watchMemory(roots: readonly Root[]): { stop(): MemorySeries } {
  const series = new Map<string, number[]>();
  const look = () => {
    for (const [label, { residentBytes }] of readUsage(roots)) {
      const values = series.get(label);
      if (values === undefined) series.set(label, [residentBytes]);
      else values.push(residentBytes);
    }
  };
  look();
  const timer = setInterval(look, EVERY_MS);
  return {
    stop() {
      clearInterval(timer);
      look();
      return series;
    },
  };
}

/** How a process's memory stood before, at most and at the end; `growth` is of the most over the first, 0.1 for a tenth. */
export interface MemoryGrowth {
  readonly label: string;
  readonly beforeBytes: number;
  readonly mostBytes: number;
  readonly afterBytes: number;
  readonly growth: number;
}

export function memoryGrowth(series: MemorySeries): MemoryGrowth[] {
  return [...series].map(([label, values]) => {
    const before = values[0] ?? NaN;
    const most = Math.max(...values);
    return {
      label,
      beforeBytes: before,
      mostBytes: most,
      afterBytes: values.at(-1) ?? NaN,
      growth: most / before - 1,
    };
  });
}

/** How much more there is in the last tenth than in the first one after `warmUp` values; 0.05 for a twentieth. */
export function growthAfter(bytes: readonly number[], warmUp: number): number {
  const counted = bytes.slice(warmUp);
  const tenth = Math.max(1, Math.floor(counted.length / 10));
  return mean(counted.slice(-tenth)) / mean(counted.slice(0, tenth)) - 1;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

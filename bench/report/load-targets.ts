// The targets under more load than can be carried, and over a long time.
import { countFailures } from '../load/failures.js';
import type { MemoryGrowth } from '../machine/watch-memory.js';
import type { Findings, Target } from './report.js';

export function saturatedTargets({ saturated }: Findings): Target[] {
  return saturated.map(({ subject, query, outcome }) => ({
    target: `${query}, workers saturated: p99 <= 20 ms`,
    subject,
    value: outcome?.p99 ?? NaN,
    unit: ' ms',
    most: 20,
  }));
}

export function overloadTargets({ overload }: Findings): Target[] {
  return overload.flatMap(({ subject: name, model, peak, load, refused, memory }) => {
    const subject = `${name}, ${model}`;
    const rest = countFailures(load);
    const refusals = [
      {
        target: 'overload: >= 99 % of the rest OVERLOADED',
        subject,
        value: ((refused?.count ?? 0) / rest) * 100,
        unit: ' %',
        least: 99,
      },
      {
        target: 'overload: OVERLOADED p99 <= 50 ms',
        subject,
        value: refused?.p99 ?? NaN,
        unit: ' ms',
        most: 50,
      },
    ];
    return [
      {
        target: 'overload: goodput >= 90 % of the peak',
        subject,
        value: (load.perSecond / peak) * 100,
        unit: ' %',
        least: 90,
      },
      // Where all was answered there is no rest.
      ...(rest === 0 ? [] : refusals),
      ...memoryTarget('overload: no process grows by more than 20 %', subject, memory, 20),
    ];
  });
}

export function longRunTargets({ soak, replay }: Findings): Target[] {
  const soaked = soak.flatMap(({ subject, memory, load }) => [
    ...memoryTarget('soak: no process grows by 5 % after warm-up', subject, memory, 5),
    { target: 'soak: none failed', subject, value: countFailures(load), unit: '', most: 0 },
  ]);
  const replayed = replay.flatMap(({ subject, perSecond, growth }) => [
    { target: 'replay, one core: >= 20,000/s', subject, value: perSecond.both, unit: '/s', least: 20_000 },
    ...memoryTarget('replay: the monitors grow by 10 % at most after warm-up', subject, [{ growth }], 10),
  ]);
  return [...soaked, ...replayed];
}

/** No target where memory cannot be read. */
function memoryTarget(
  target: string,
  subject: string,
  memory: readonly Pick<MemoryGrowth, 'growth'>[],
  most: number,
): Target[] {
  const value = Math.max(...memory.map(({ growth }) => growth)) * 100;
  return memory.length === 0 ? [] : [{ target, subject, value, unit: ' %', most }];
}

// The most a subject answers on a model: what the open loops are a share or a multiple of.
import { askSingle } from '../subjects/questions.js';
import type { BenchModel } from '../models/bench-model.js';
import type { Subject } from '../subjects/subject.js';
import type { BenchRun } from './bench-run.js';
import { median } from './case-figures.js';
import { measure } from './measurement.js';

const CONNECTIONS = [64, 256];

export interface Peaks {
  /**
   * Good answers a second, closed loop, over all the time they cost: until what was put off is done as well, since nobody
   * can put off for ever. Measured once and remembered.
   */
  of(subject: Subject, model: BenchModel): Promise<number>;
}

export function createPeaks(run: BenchRun): Peaks {
  const known = new Map<string, number>();
  const find = async (subject: Subject, model: BenchModel): Promise<number> => {
    const { rounds, seconds, warmUpSeconds } = run.options;
    let peak = 0;
    for (const connections of CONNECTIONS) {
      run.say(`peak of ${subject.name} on ${model.title}, ${connections} connections`);
      const reached: number[] = [];
      for (let round = 0; round < rounds; round += 1) {
        const { load, settleMs } = await measure(run.load, subject, {
          ...askSingle(subject, model),
          pattern: { kind: 'closed', connections },
          warmUpSeconds,
          seconds,
          patienceMs: 15_000,
        });
        reached.push(load.allRows / (warmUpSeconds + seconds + settleMs / 1000));
      }
      peak = Math.max(peak, median(reached));
    }
    return peak;
  };
  return {
    async of(subject, model) {
      const key = `${subject.name} ${model.name}`;
      const peak = known.get(key) ?? (await find(subject, model));
      known.set(key, peak);
      return peak;
    },
  };
}

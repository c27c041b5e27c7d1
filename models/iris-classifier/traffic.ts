// Live traffic for the iris classifier: flowers that look like Fisher's.
import { createRandom } from '../../src/training/random.js';
import { roundTo } from '../../src/training/rounding.js';
import type { Traffic } from '../../src/training/traffic.js';
import { loadIris } from './dataset.js';

/**
 * Draws one of the 150 flowers and measures it again: each length may come out a millimetre off, within the range of
 * the data. So features keep their correlations, and steady traffic keeps the distribution of the reference profile.
 */
export function createTraffic(seed: number): Traffic {
  const random = createRandom(seed);
  const flowers = loadIris();
  const ranges = new Map(
    Object.keys(flowers[0]?.features ?? {}).map((name) => {
      const values = flowers.map((flower) => Number(flower.features[name]));
      return [name, { min: Math.min(...values), max: Math.max(...values) }];
    }),
  );
  return () => {
    const flower = random.choice(flowers);
    const features = Object.entries(flower.features).map(([name, value]): [string, number] => {
      const { min, max } = ranges.get(name) ?? { min: 0, max: 10 };
      const measured = roundTo(Number(value) + random.normal(0, 0.04), 1);
      return [name, Math.min(max, Math.max(min, measured))];
    });
    return { features: Object.fromEntries(features), truth: flower.truth };
  };
}

// A share of boxes is known only as well as its pictures tell: intervals hold what they promise though boxes are alike.
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../training/random.js';
import { clusteredShare } from './clustered-share.js';
import { wilsonInterval } from './wilson-interval.js';

type Cluster = readonly [n: number, x: number];

function sumsOf(clusters: readonly Cluster[]) {
  const sum = (of: (cluster: Cluster) => number) => clusters.reduce((total, one) => total + of(one), 0);
  return {
    ...{ clusters: clusters.length, units: sum(([n]) => n), unitSquares: sum(([n]) => n * n) },
    ...{ hits: sum(([, x]) => x), hitSquares: sum(([, x]) => x * x), products: sum(([n, x]) => n * x) },
  };
}

describe('the share of units in clusters', () => {
  it('is not known without units, and as well as one of single units where every cluster is one', () => {
    expect(clusteredShare(sumsOf([]))).toBeUndefined();
    const single = Array.from({ length: 200 }, (_, i): Cluster => [1, i % 4 === 0 ? 1 : 0]);
    const share = clusteredShare(sumsOf(single));
    expect(share?.effectiveUnits).toBeCloseTo(199, 9);
    expect(share?.lower).toBeCloseTo(wilsonInterval(50, 200).lower, 3);
  });

  it('tells as much as there are clusters where all units of one are the same', () => {
    const whole = Array.from({ length: 80 }, (_, i): Cluster => (i % 2 === 0 ? [10, 10] : [10, 0]));
    const { value, effectiveUnits, lower } = clusteredShare(sumsOf(whole)) ?? {};
    expect(value).toBe(0.5);
    expect(effectiveUnits).toBeCloseTo(79, 9);
    expect(lower).toBeGreaterThan(0.38);
    expect(
      clusteredShare(
        sumsOf([
          [50, 0],
          [60, 0],
        ]),
      ),
    ).toMatchObject({ value: 0, effectiveUnits: 2, lower: 0 });
  });

  it('lies within its interval nine times in ten though clusters are few and very unequal, where that of independent boxes holds far less', () => {
    const random = createRandom(5);
    const draw = (): Cluster => {
      const n = 1 + Math.floor(Math.exp(random.normal(2, 1)));
      const rate = random.chance(0.3) ? 0.9 : 0.03;
      return [n, Array.from({ length: n }, () => random.chance(rate)).filter(Boolean).length];
    };
    const truth = 0.3 * 0.9 + 0.7 * 0.03;
    let [held, naive] = [0, 0];
    for (let run = 0; run < 600; run += 1) {
      const sums = sumsOf(Array.from({ length: 60 }, draw));
      const { lower = 1, upper = 0 } = clusteredShare(sums) ?? {};
      if (lower <= truth && truth <= upper) held += 1;
      const independent = wilsonInterval(sums.hits, sums.units);
      if (independent.lower <= truth && truth <= independent.upper) naive += 1;
    }
    expect(held / 600).toBeGreaterThan(0.87);
    expect(naive / 600).toBeLessThan(0.5);
  });
});

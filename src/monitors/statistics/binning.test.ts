// Where bins lie and what falls into them, ties, constants and values far out included.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../test/support/monitor-batches.js';
import { countInto, decileEdges, sturgesEdges } from './binning.js';
import { jensenShannonDistance } from './jensen-shannon.js';
import { populationStabilityIndex } from './psi.js';

fc.configureGlobal({ seed: 20 });

const finite = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 });

/** The reference and current sample of the golden values: -ln(1 - u) and -1.15 ln(1 - u) + 0.05. */
function goldenSamples(): readonly [Float64Array, Float64Array] {
  const [first, second] = [seededRandom(1), seededRandom(2)];
  return [
    Float64Array.from({ length: 500 }, () => -Math.log(1 - first())).sort(),
    Float64Array.from({ length: 400 }, () => -1.15 * Math.log(1 - second()) + 0.05).sort(),
  ];
}

describe('deciles of the reference', () => {
  it('share it out evenly, and the current sample as published', () => {
    const [reference, current] = goldenSamples();
    const edges = decileEdges(reference);
    expect(edges[0]).toBeCloseTo(0.11503494140989988, 12);
    expect(edges[8]).toBeCloseTo(2.378558632894192, 12);
    expect(countInto(edges, reference)).toEqual(Array.from({ length: 10 }, () => 50));
    expect(countInto(edges, current)).toEqual([18, 26, 43, 46, 48, 43, 37, 35, 49, 55]);
  });

  it('are one edge where they coincide, and none where there is nothing', () => {
    expect(decileEdges([0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4])).toEqual([0, 1, 2, 3]);
    expect(decileEdges([7, 7, 7])).toEqual([7]);
    expect(decileEdges([7])).toEqual([7]);
    expect(decileEdges([])).toEqual([]);
  });

  it('are not moved by a value far out', () => {
    const [reference, current] = goldenSamples();
    const edges = decileEdges(reference);
    const counts = countInto(edges, [...current, 1e9]);
    expect(counts[9]).toBe(56);
    expect(populationStabilityIndex(countInto(edges, reference), counts)).toBeCloseTo(0.085, 2);
  });
});

describe('Sturges bins', () => {
  it('give the published distance on the pooled golden samples', () => {
    const [reference, current] = goldenSamples();
    const edges = sturgesEdges(Float64Array.from([...reference, ...current]).sort());
    expect(edges).toHaveLength(10);
    const distance = jensenShannonDistance(countInto(edges, reference), countInto(edges, current));
    expect(distance).toBeCloseTo(0.08530906859025134, 9);
  });

  it('are none without a range', () => {
    expect(sturgesEdges([])).toEqual([]);
    expect(sturgesEdges([3])).toEqual([]);
    expect(sturgesEdges([3, 3, 3])).toEqual([]);
  });
});

describe('counting', () => {
  it('puts a value that is an edge into the bin below it, and leaves out what is not finite', () => {
    expect(countInto([1, 2], [0, 1, 1.5, 2, 3, Number.NaN, Infinity, -Infinity])).toEqual([2, 2, 1]);
    expect(countInto([], [4, 5])).toEqual([2]);
  });

  it('counts every finite value once, into the bin that a search from the start finds', () => {
    fc.assert(
      fc.property(fc.array(finite), fc.array(finite), (reference, values) => {
        const edges = decileEdges(Float64Array.from(reference).sort());
        const expected = Array.from({ length: edges.length + 1 }, () => 0);
        for (const value of values) {
          const found = edges.findIndex((edge) => value <= edge);
          const bin = found === -1 ? edges.length : found;
          expected[bin] = (expected[bin] ?? 0) + 1;
        }
        expect(countInto(edges, values)).toEqual(expected);
      }),
    );
  });
});

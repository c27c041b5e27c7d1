// When the streaming detectors find a change, that they stay quiet without one, and that they continue from a snapshot.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../../test/support/monitor-batches.js';
import { createAdwin } from './adwin.js';
import { createDdm } from './ddm.js';
import type { DriftDetector } from './drift-detector.js';
import { createHddmA } from './hddm-a.js';
import { createKswin } from './kswin.js';
import { createPageHinkley } from './page-hinkley.js';

const DETECTORS: readonly (readonly [string, () => DriftDetector])[] = [
  ['ADWIN', createAdwin],
  ['Page-Hinkley', createPageHinkley],
  ['DDM', createDdm],
  ['HDDM-A', createHddmA],
  ['KSWIN', createKswin],
];

/** After 1000 values at 0.1, how many at `rate` it takes until a drift is found; undefined if none is. */
function valuesUntilDrift(detector: DriftDetector, rate: number, seed: number): number | undefined {
  const random = seededRandom(seed);
  for (let i = 0; i < 1000; i += 1) detector.add(random() < 0.1 ? 1 : 0);
  for (let i = 1; i <= 3000; i += 1) if (detector.add(random() < rate ? 1 : 0) === 'drift') return i;
  return undefined;
}

describe('streaming drift detectors', () => {
  it.each([
    ['ADWIN', 250, createAdwin],
    ['Page-Hinkley', 400, createPageHinkley],
    ['DDM', 400, createDdm],
    ['HDDM-A', 250, createHddmA],
  ] as const)('%s finds an error rate of 0.1 that became 0.3 within %d values', (_, within, create) => {
    for (let seed = 1; seed <= 20; seed += 1)
      expect(valuesUntilDrift(create(), 0.3, seed * 7919), `seed ${seed}`).toBeLessThanOrEqual(within);
  });

  it.each([
    ['ADWIN', createAdwin],
    ['Page-Hinkley', createPageHinkley],
    ['HDDM-A', createHddmA],
  ])('%s finds nothing in 200,000 values of one error rate', (_, create) => {
    const detector = create();
    const random = seededRandom(42);
    let drifts = 0;
    for (let i = 0; i < 200_000; i += 1) if (detector.add(random() < 0.1 ? 1 : 0) === 'drift') drifts += 1;
    expect(drifts).toBe(0);
  });

  it.each(DETECTORS)('%s continues from a snapshot as if it had never stopped', (_, create) => {
    const stream = fc.array(fc.record({ rate: fc.double({ min: 0, max: 1, noNaN: true }), n: fc.nat(150) }));
    fc.assert(
      fc.property(stream, fc.nat(600), fc.integer({ min: 1, max: 1e9 }), (parts, cut, seed) => {
        const random = seededRandom(seed);
        const values = parts.flatMap(({ rate, n }) =>
          Array.from({ length: n }, () => (random() < rate ? 1 : 0)),
        );
        const whole = create();
        const expected = values.map((value) => whole.add(value));
        const first = create();
        const states = values.slice(0, cut).map((value) => first.add(value));
        const second = create();
        second.restore(JSON.parse(JSON.stringify(first.snapshot())));
        states.push(...values.slice(cut).map((value) => second.add(value)));
        expect(states).toEqual(expected);
        expect(second.snapshot()).toEqual(whole.snapshot());
      }),
      { numRuns: 40 },
    );
  });

  it.each(DETECTORS)('%s goes on after a drift and finds the next one', (_, create) => {
    const detector = create();
    const found = [0.05, 0.4, 0.95].map((rate) => {
      const random = seededRandom(5);
      let drifts = 0;
      for (let i = 0; i < 2000; i += 1) if (detector.add(random() < rate ? 1 : 0) === 'drift') drifts += 1;
      return drifts;
    });
    expect(found[1]).toBeGreaterThanOrEqual(1);
    expect(found[2]).toBeGreaterThanOrEqual(1);
  });

  it.each(DETECTORS)('%s keeps a small state and lets values that are none pass', (_, create) => {
    const detector = create();
    const random = seededRandom(3);
    for (let i = 0; i < 20_000; i += 1) detector.add(random());
    const before = JSON.stringify(detector.snapshot());
    expect(before.length).toBeLessThan(8192);
    for (const value of [Number.NaN, Infinity, -Infinity]) expect(detector.add(value)).toBe('stable');
    expect(JSON.stringify(detector.snapshot())).toBe(before);
  });

  it.each(DETECTORS)('%s refuses a state that is not its own', (_, create) => {
    for (const state of [null, 7, [], { nothing: 1 }]) expect(() => create().restore(state)).toThrow();
  });

  it.each([
    ['DDM', createDdm],
    ['HDDM-A', createHddmA],
  ])('%s warns before a slow rise becomes a drift', (_, create) => {
    const detector = create();
    const random = seededRandom(17);
    for (let i = 0; i < 1000; i += 1) detector.add(random() < 0.1 ? 1 : 0);
    const states = Array.from({ length: 3000 }, () => detector.add(random() < 0.2 ? 1 : 0));
    const drift = states.indexOf('drift');
    expect(drift).toBeGreaterThan(0);
    expect(states.slice(0, drift)).toContain('warning');
  });

  it('DDM does not take the first error after none for a drift', () => {
    const detector = createDdm();
    const states = Array.from({ length: 500 }, (_, i) => detector.add(i === 400 ? 1 : 0));
    expect(new Set(states)).toEqual(new Set(['stable']));
  });

  it('ADWIN and Page-Hinkley notice an error rate that falls', () => {
    for (const create of [createAdwin, () => createPageHinkley({ threshold: 20 })]) {
      const detector = create();
      const random = seededRandom(23);
      for (let i = 0; i < 1000; i += 1) detector.add(random() < 0.6 ? 1 : 0);
      const states = Array.from({ length: 500 }, () => detector.add(random() < 0.2 ? 1 : 0));
      expect(states).toContain('drift');
    }
  });

  it('KSWIN notices a change of the distribution that leaves the mean, and seldom anything else', () => {
    const detector = createKswin();
    const random = seededRandom(31);
    const quiet = Array.from({ length: 2000 }, () => detector.add(random()));
    expect(quiet.filter((state) => state === 'drift').length).toBeLessThanOrEqual(8);
    const changed = Array.from({ length: 100 }, () => detector.add(random() < 0.5 ? 0 : 1));
    expect(changed).toContain('drift');
  });
});

// The bar on false alarms and power of data-drift, on a reduced and seeded form of the benchmark that can fail.
import { beforeAll, describe, expect, it } from 'vitest';
import { countAlarms, fitRule, methodRule, plainRule, type Simulation } from './count-alarms.js';
import { foundBy } from './decision.js';
import { categoryReference, numericReference } from './references.js';
import { categoryShares, numericSources } from './sources.js';
import { loadStatistics, type Statistics } from './statistics.js';

/** The standard error of a rate of 0.05 is 0.007. */
const RUNS = 1000;
const WINDOWS = [30, 1000, 100_000] as const;
const LOWEST = 0.03;
const HIGHEST = 0.07;
const BY_RANKS = ['auto', 'chi-square', 'g-test', 'cramer-von-mises', 'anderson-darling', 'mann-whitney'];
const BY_MEANS = ['welch-t', 'z-test'];

describe('data-drift', () => {
  let statistics: Statistics;
  beforeAll(async () => {
    statistics = await loadStatistics();
  });

  type Source = keyof ReturnType<typeof numericSources>;
  const numbers =
    (source: Source, rows = 500): Simulation['reference'] =>
    (random) =>
      numericReference(statistics, numericSources(statistics)[source], rows, random);
  const categories =
    (count: number, power: number, rows: number): Simulation['reference'] =>
    (random) =>
      categoryReference(categoryShares(count, power), rows, random);
  const ratesOf = (
    simulation: Pick<Simulation, 'reference' | 'rules'> & Partial<Simulation>,
  ): ReadonlyMap<string, readonly number[]> => {
    const { runs = RUNS } = simulation;
    const alarms = countAlarms({ windows: WINDOWS, seed: 3, ...simulation, runs });
    return new Map([...alarms].map(([rule, counts]) => [rule, counts.map((count) => count / runs)]));
  };
  const methods = (tests: readonly string[]): Simulation['rules'] =>
    Object.fromEntries(tests.map((test) => [test, methodRule(statistics, test)]));
  const expectHeld = (rates: ReadonlyMap<string, readonly number[]>): void => {
    for (const [rule, rateByWindow] of rates)
      for (const rate of rateByWindow) {
        expect(rate, rule).toBeGreaterThanOrEqual(LOWEST);
        expect(rate, rule).toBeLessThanOrEqual(HIGHEST);
      }
  };

  it.each(['normal', 'skewed', 'halfTied', 'whole'] as const)(
    'alarms once in twenty by default and by tests of ranks when %s values stay, and by ks at most so often',
    (source) => {
      const rates = ratesOf({ reference: numbers(source), rules: methods([...BY_RANKS, 'ks']) });
      expectHeld(new Map([...rates].filter(([rule]) => rule !== 'ks')));
      for (const rate of rates.get('ks') ?? [1]) expect(rate).toBeLessThanOrEqual(HIGHEST);
    },
  );

  it('alarms once in twenty by tests of means when normal values stay', () => {
    expectHeld(ratesOf({ reference: numbers('normal'), rules: methods(BY_MEANS), windows: [100] }));
  });

  it.each([
    [2, 1],
    [5, 3],
    [10, 1],
    [50, 1],
    [50, 3],
  ])('alarms once in twenty by default when %d categories stay, their shares bent by %d', (count, power) => {
    expectHeld(ratesOf({ reference: categories(count, power, 300), rules: methods(['auto']) }));
  });

  it('would be seen to alarm more often if it took the reference for the truth, or sparse cells for full ones', () => {
    const fit = { fit: fitRule(statistics) };
    const [tenCategories] = ratesOf({
      reference: categories(10, 1, 500),
      rules: fit,
      windows: [500],
    }).values();
    const [normal] = ratesOf({
      reference: numbers('normal'),
      rules: fit,
      windows: [500],
      runs: 400,
    }).values();
    const plain = { plain: plainRule(statistics) };
    const [sparse] = ratesOf({ reference: categories(50, 3, 1000), rules: plain, windows: [30] }).values();
    for (const rates of [tenCategories, normal, sparse]) expect(rates?.[0]).toBeGreaterThan(HIGHEST);
  });

  it('finds a shift of 0.2 standard deviations by default in nine windows in ten wherever exact KS does', () => {
    // Exact KS, on the rows themselves: 0.925 at 400 and 0.963 at 500.
    const shifted = { reference: numbers('normal', 5000), windows: [400, 500], runs: 400, shift: 0.2 };
    const [found = []] = ratesOf({ ...shifted, rules: methods(['auto']) }).values();
    for (const rate of found) expect(rate).toBeGreaterThanOrEqual(0.9);
    const [byCells = []] = ratesOf({ ...shifted, rules: methods(['chi-square']) }).values();
    expect(byCells[0]).toBeLessThan(0.9);
  });

  it('finds a shift of half a standard deviation as shipped, by the second window of 400', async () => {
    const plan = { source: numericSources(statistics).normal, window: 400, windows: 2, runs: 100, seed: 9 };
    expect((await foundBy(statistics, { ...plan, shift: 0.5 }))[1]).toBeGreaterThanOrEqual(99);
    expect(await foundBy(statistics, { ...plan, shift: 0 })).toEqual([0, 0]);
  });

  it('finds a shift of 0.2 standard deviations in nine windows of 1000 in ten, by every test', () => {
    const rates = ratesOf({
      reference: numbers('normal', 5000),
      rules: methods([...BY_RANKS, ...BY_MEANS, 'ks']),
      windows: [1000],
      runs: 200,
      shift: 0.2,
    });
    for (const [test, [rate]] of rates) expect(rate, test).toBeGreaterThanOrEqual(0.9);
  });
});

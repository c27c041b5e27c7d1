// Prints how often rules for drift alarm when nothing changed, and how often they find what did; seeded.
import { createRandom, type Random } from '../../src/training/random.js';
import { figure, formatTable } from '../report/table.js';
import { numericRulesOf, psiOnDeciles, psiOnEqualWidths, testsOf, type Rule } from './rules.js';
import { loadStatistics } from './statistics.js';

const RUNS = 4000;
const WINDOWS = [30, 100, 200, 1000, 5000] as const;
type Draw = (random: Random) => number;

const normal: Draw = (random) => random.normal();
const skewed: Draw = (random) => Math.exp(1.5 * random.normal());
const tied: Draw = (random) => (random.chance(0.5) ? 0 : Math.floor(-4 * Math.log(1 - random.uniform())));
/** `power` 1 gives equal shares, more makes the last ones rare. */
const categories =
  (count: number, power: number): Draw =>
  (random) =>
    Math.floor(count * random.uniform() ** power);

interface Simulation {
  readonly rule: Rule | undefined;
  readonly draw: Draw;
  readonly reference: number;
  readonly window: number;
  readonly shift?: number;
}

/** The share of runs that alarm, each with a reference of its own; large ones run less often, at least 500 times. */
function rateOf({ rule, draw, reference, window, shift = 0 }: Simulation): string {
  const random = createRandom(window + reference);
  const runs = Math.max(500, Math.min(RUNS, Math.floor(6e6 / (reference + window))));
  let alarms = 0;
  for (let run = 0; run < runs; run += 1) {
    const before = new Float64Array(reference).map(() => draw(random));
    const now = new Float64Array(window).map(() => draw(random) + shift);
    if (rule?.(before, now) === true) alarms += 1;
  }
  return `${figure((alarms / runs) * 100)} %`;
}

function print(title: string, header: readonly string[], rows: readonly (readonly string[])[]): void {
  console.log(`\n${title}\n${formatTable(header, rows)}`);
}

const statistics = await loadStatistics();
const tests = testsOf(statistics);
const overWindows = (rule: Rule | undefined, draw: Draw, reference: number, shift = 0): string[] =>
  WINDOWS.map((window) => rateOf({ rule, draw, reference, window, shift }));
const header = (first: string): string[] => [first, ...WINDOWS.map(String)];

print('False alarms at 0.05, reference of 1000, by size of window', header('test'), [
  ['KS, normal', ...overWindows(tests['ks'], normal, 1000)],
  ['KS, skewed', ...overWindows(tests['ks'], skewed, 1000)],
  ['KS, half tied (conservative)', ...overWindows(tests['ks'], tied, 1000)],
  ['chi-square on deciles, normal', ...overWindows(tests['deciles'], normal, 1000)],
  ['chi-square on deciles, skewed', ...overWindows(tests['deciles'], skewed, 1000)],
  ['chi-square on deciles, half tied', ...overWindows(tests['deciles'], tied, 1000)],
  ...[2, 10, 50].flatMap((count) => [
    [`chi-square, ${count} categories`, ...overWindows(tests['categories'], categories(count, 1), 1000)],
    [`chi-square, ${count} uneven`, ...overWindows(tests['categories'], categories(count, 3), 1000)],
    [`by moments, ${count} uneven`, ...overWindows(tests['moments'], categories(count, 3), 1000)],
  ]),
]);

print(
  'False alarms at 0.05 of chi-square for categories, reference and window of 500',
  ['categories', 'homogeneity', 'goodness of fit'],
  [3, 5, 10].map((count) => [
    String(count),
    ...[tests['categories'], tests['fit']].map((rule) =>
      rateOf({ rule, draw: categories(count, 1), reference: 500, window: 500 }),
    ),
  ]),
);

const rules = Object.entries(numericRulesOf(statistics));
print(
  'Alarms without any change, normal values, reference of 5000',
  header('rule'),
  rules.map(([name, rule]) => [name, ...overWindows(rule, normal, 5000)]),
);
print(
  'A shift of 0.2 standard deviations found, normal values, reference of 5000',
  header('rule'),
  [...rules, ['KS', tests['ks']] as const].map(([name, rule]) => [
    name,
    ...overWindows(rule, normal, 5000, 0.2),
  ]),
);

const random = createRandom(1);
const reference = new Float64Array(5000).map(() => random.normal());
const moved = new Float64Array(1000).map(() => random.normal(1));
const withOutlier = Float64Array.from([...moved, 1000]);
print(
  'PSI of a shift of one standard deviation',
  ['bins', 'as it is', 'and one value of 1000'],
  [
    ['deciles of the reference', psiOnDeciles] as const,
    ['equal widths over both', psiOnEqualWidths] as const,
  ].map(([name, psi]) => [
    name,
    figure(psi(statistics, reference, moved)),
    figure(psi(statistics, reference, withOutlier)),
  ]),
);

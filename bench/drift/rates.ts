// Prints how often rules for drift alarm when nothing changed, and how often they find what did; seeded.
import { createRandom } from '../../src/training/random.js';
import { figure, formatTable } from '../report/table.js';
import {
  countAlarms,
  fitRule,
  methodRule,
  plainRule,
  type CountsRule,
  type Simulation,
} from './count-alarms.js';
import { foundBy } from './decision.js';
import { falseDiscoveries } from './many-features.js';
import { categoryReference, numericReference } from './references.js';
import { numericRulesOf, psiOnDeciles, psiOnEqualWidths, type Rule } from './rules.js';
import { categoryShares, numericSources, type NumericSource } from './sources.js';
import { loadStatistics } from './statistics.js';

const RUNS = 4000;
const REFERENCE = 1000;
const WINDOWS = [30, 100, 400, 1000, 10_000, 100_000] as const;
const TESTS = [
  'chi-square',
  'ks',
  'g-test',
  'cramer-von-mises',
  'anderson-darling',
  'mann-whitney',
  'welch-t',
  'z-test',
];
/** They look at means, which windows drawn as counts do not have. */
const OF_MEANS = new Set(['welch-t', 'z-test']);
const LARGEST_WITH_MEAN = 1000;

const statistics = await loadStatistics();
const { normal, skewed, halfTied, whole } = numericSources(statistics);
const header = (first: string): string[] => [first, ...WINDOWS.map(String)];

/** In per cent, with the 95 % Wilson interval. */
function rate(alarms: number, runs: number): string {
  const { lower, upper } = statistics.wilsonInterval(alarms, runs);
  const percent = (share: number): string => (share * 100).toFixed(1);
  return `${percent(alarms / runs)} (${percent(lower)}-${percent(upper)})`;
}

function print(title: string, columns: readonly string[], rows: readonly (readonly string[])[]): void {
  console.log(`\n${title}\n${formatTable(columns, rows)}`);
}

/** A row for each rule of each source. */
function rows(
  sources: Readonly<Record<string, Simulation['reference']>>,
  rules: Readonly<Record<string, CountsRule>>,
  shift = 0,
): string[][] {
  return Object.entries(sources).flatMap(([source, reference], i) =>
    [...countAlarms({ reference, rules, windows: WINDOWS, runs: RUNS, seed: i + 1, shift })].map(
      ([rule, counts]) => [
        `${rule}, ${source}`,
        ...counts.map((count, at) =>
          OF_MEANS.has(rule) && (WINDOWS[at] ?? 0) > LARGEST_WITH_MEAN ? '-' : rate(count, RUNS),
        ),
      ],
    ),
  );
}

const numbers = (source: NumericSource, size = REFERENCE): Simulation['reference'] => {
  return (random) => numericReference(statistics, source, size, random);
};
const categories = Object.fromEntries(
  [2, 5, 10, 50].flatMap((count) =>
    [1, 3].map((power) => [
      `${count} ${power === 1 ? 'even' : 'uneven'} categories`,
      (random: Parameters<Simulation['reference']>[0]) =>
        categoryReference(categoryShares(count, power), REFERENCE, random),
    ]),
  ),
);
const byDefault = methodRule(statistics, 'auto');
const sources = {
  normal: numbers(normal),
  skewed: numbers(skewed),
  'half tied': numbers(halfTied),
  'whole numbers': numbers(whole),
  ...categories,
};

print('False alarms at 0.05 in per cent, reference of 1000, by size of window', header('rule'), [
  ...rows(sources, {
    default: byDefault,
    'plain chi-square': plainRule(statistics),
    'goodness of fit': fitRule(statistics),
  }),
]);

const methods = Object.fromEntries(TESTS.map((test) => [test, methodRule(statistics, test)]));
print('False alarms at 0.05 of the methods by setting, reference of 1000', header('method'), [
  ...rows(
    { normal: numbers(normal), 'half tied': numbers(halfTied), 'whole numbers': numbers(whole) },
    methods,
  ),
]);
print(
  'A shift of 0.2 standard deviations found at 0.05, normal values, reference of 5000',
  header('method'),
  rows({ normal: numbers(normal, 5000) }, { default: byDefault, ...methods }, 0.2),
);

/** As above on rows themselves; large samples run less often, at least 200 times. */
function rowRates(rule: Rule, shift: number): string[] {
  return WINDOWS.map((size) => {
    const random = createRandom(size);
    const runs = Math.max(200, Math.min(2000, Math.floor(6e6 / (5000 + size))));
    let alarms = 0;
    for (let run = 0; run < runs; run += 1) {
      const before = new Float64Array(5000).map(() => random.normal());
      if (
        rule(
          before,
          new Float64Array(size).map(() => random.normal(shift)),
        )
      )
        alarms += 1;
    }
    return rate(alarms, runs);
  });
}

for (const [title, shift] of [
  ['Alarms without any change, normal values, reference of 5000', 0],
  ['A shift of 0.2 standard deviations found, normal values, reference of 5000', 0.2],
] as const)
  print(
    title,
    header('rule, on rows'),
    Object.entries(numericRulesOf(statistics)).map(([name, rule]) => [name, ...rowRates(rule, shift)]),
  );

print(
  'A hundred features, reference and windows of 1000, Benjamini-Hochberg at 0.05',
  ['moved by one standard deviation', 'false share of findings, %', 'any false, %', 'without correction, %'],
  [0, 10, 50].map((moved) => {
    const evaluations = 200;
    const found = falseDiscoveries(statistics, {
      source: normal,
      moved,
      window: 1000,
      evaluations,
      seed: moved + 1,
    });
    const spread = 1.96 * found.standardError;
    return [
      String(moved),
      `${figure(found.rate * 100)} +- ${figure(spread * 100)}`,
      rate(Math.round(found.anyCorrected * evaluations), evaluations),
      rate(Math.round(found.anyUncorrected * evaluations), evaluations),
    ];
  }),
);

const BY_WINDOWS = [1, 2, 3, 10];
print(
  'Found by the decision as shipped, normal values, reference of 5000, per cent of 400 runs',
  ['shift, rows of a window', ...BY_WINDOWS.map((count) => `by window ${count}`)],
  await Promise.all(
    [
      [0, 1000],
      [0.2, 400],
      [0.2, 1000],
      [0.5, 400],
      [0.5, 1000],
    ].map(async ([shift = 0, window = 0]) => {
      const plan = { source: normal, shift, window, windows: 10, runs: 400, seed: 9 };
      const found = await foundBy(statistics, plan);
      return [`${shift}, ${window}`, ...BY_WINDOWS.map((count) => rate(found[count - 1] ?? 0, 400))];
    }),
  ),
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

// What a window's counts amount to: measurements and findings, the worst of them where there are too many.
import type { Finding, FindingStatus, Measurement } from '../monitor.js';
import { judgeConstant } from './judge-constant.js';
import { certaintyFor, judgeShare } from './judge-share.js';
import type { QualityTally } from './quality-tally.js';
import type { WatchedFeature } from './watched-feature.js';

/** The bounds; see the settings of the monitor. */
export interface QualityBounds {
  readonly minRows: number;
  readonly maxMissingIncrease: number;
  readonly maxOutOfRangeIncrease: number;
  readonly maxUnseenCategoryIncrease: number;
  readonly maxWrongTypeRatio: number;
  readonly maxDuplicateRatio: number;
  readonly criticalMargin: number;
  readonly minConstantRows: number;
  readonly maxPValue: number;
  /** How many monitors judge beside each other; 1 when unset. */
  readonly comparisons?: number | undefined;
}

/** A window of `n` rows, `isOver` unless it is the first and still fills. */
export interface QualityWindow {
  readonly features: readonly WatchedFeature[];
  readonly tally: QualityTally;
  readonly n: number;
  readonly isOver: boolean;
}

/** As many series and as many findings as an evaluation may hold. */
const MAX_REPORTED = 200;

const MEASURED_AS = {
  'out-of-range': 'out_of_range_ratio',
  'unseen-category': 'unseen_category_ratio',
} as const;

/** Ratios of the window; beyond 200 series, those that are not 0 come first, the largest before all. */
export function measureQuality({ features, tally, n }: QualityWindow): Measurement[] {
  if (n === 0) return [];
  const ratio = (name: string, labels: Record<string, string>, count: number, of: number): Measurement[] =>
    of === 0 ? [] : [{ name, labels, unit: 'ratio', value: count / of, n: of }];
  const series = features.flatMap(({ name, rule }, i) => {
    const { missing, wrongType, broken, typed } = countsOf(tally, i, n);
    const labels = { feature: name };
    return [
      ...ratio('missing_ratio', labels, missing, n),
      ...(rule === undefined ? [] : ratio(MEASURED_AS[rule], labels, broken, typed)),
      ...(wrongType === 0 ? [] : ratio('wrong_type_ratio', labels, wrongType, n)),
    ];
  });
  return worst(
    [...ratio('duplicate_ratio', {}, tally.duplicates(), n), ...series],
    MAX_REPORTED,
    ({ value }) => value,
  );
}

/** Findings of the window; beyond 200 the bad come first, and one under the key `others` says what was left out. */
export function judgeQuality(window: QualityWindow, bounds: QualityBounds): Finding[] {
  const { features, tally, n, isOver } = window;
  const { criticalMargin, minRows, comparisons: monitors = 1 } = bounds;
  // Every feature is one more chance to be wrong (Bonferroni).
  const comparisons = monitors * Math.max(1, features.length);
  const rows = { criticalMargin, minRows, isOver, certainty: certaintyFor(comparisons) };
  const findings = features.flatMap((feature, i): Finding[] => {
    const { name, rule, stillness, expectedMissing, expectedBroken } = feature;
    const { missing, wrongType, broken, typed } = countsOf(tally, i, n);
    const ofRows = { ...rows, subject: 'rows', n };
    const found = [
      judgeShare({
        ...{ ...ofRows, key: `${name}:missing`, verb: `lack ${name}`, count: missing },
        ...{ expected: expectedMissing, tolerance: bounds.maxMissingIncrease },
      }),
    ];
    if (wrongType > 0)
      found.push(
        judgeShare({
          ...{
            ...ofRows,
            key: `${name}:wrong-type`,
            verb: `have a ${name} of another type`,
            count: wrongType,
          },
          ...{ expected: 0, tolerance: bounds.maxWrongTypeRatio },
        }),
      );
    if (rule !== undefined) {
      const isRange = rule === 'out-of-range';
      found.push(
        judgeShare({
          ...{ ...rows, key: `${name}:${rule}`, subject: `values of ${name}`, count: broken, n: typed },
          verb: isRange ? 'are out of range' : 'are categories the manifest lacks',
          expected: expectedBroken,
          tolerance: isRange ? bounds.maxOutOfRangeIncrease : bounds.maxUnseenCategoryIncrease,
        }),
      );
    }
    if (stillness !== undefined)
      found.push(
        judgeConstant({
          ...{ key: `${name}:constant`, feature: name, stillness, n: typed, isOver },
          ...{ low: tally.low[i] ?? 0, high: tally.high[i] ?? 0 },
          ...{ minRows: bounds.minConstantRows, maxPValue: bounds.maxPValue / comparisons },
        }),
      );
    return found;
  });
  // Rows of categories alone repeat by themselves: there are only so many of them.
  if (features.some(({ type }) => type === 'number' || type === 'text'))
    findings.push(
      judgeShare({
        ...{ ...rows, certainty: certaintyFor(monitors), key: 'duplicates', subject: 'rows' },
        ...{ verb: 'came before in the window', n },
        ...{ count: tally.duplicates(), expected: 0, tolerance: bounds.maxDuplicateRatio },
      }),
    );
  const judged = n === 0 ? 'no-data' : isOver && n >= bounds.minRows ? 'ok' : 'insufficient-data';
  return bounded(findings, n, judged);
}

function countsOf(tally: QualityTally, index: number, n: number) {
  const [missing, wrongType] = [tally.missing[index] ?? 0, tally.wrongType[index] ?? 0];
  return { missing, wrongType, broken: tally.broken[index] ?? 0, typed: n - missing - wrongType };
}

const RANK: Readonly<Record<FindingStatus, number>> = {
  critical: 2,
  warning: 1,
  ok: 0,
  'insufficient-data': 0,
  'no-data': 0,
};

function bounded(findings: readonly Finding[], n: number, judged: FindingStatus): Finding[] {
  if (findings.length <= MAX_REPORTED) return [...findings];
  const isBad = ({ status }: Finding) => RANK[status] > 0;
  const kept = worst(findings, MAX_REPORTED - 1, ({ status }) => RANK[status]);
  const badLeftOut = findings.filter(isBad).length - kept.filter(isBad).length;
  const others: Finding = {
    key: 'others',
    status: badLeftOut > 0 ? 'warning' : judged,
    value: badLeftOut,
    threshold: 0,
    effect: null,
    pValue: null,
    n,
    summary: `${findings.length - kept.length} findings are not listed, ${badLeftOut} of them bad`,
    detail: {},
  };
  return [...kept, others];
}

/** The `max` of highest rank, equal ones in the order in which they came; all of them, as they came, if they fit. */
function worst<Item>(items: readonly Item[], max: number, rank: (item: Item) => number): Item[] {
  return items.length <= max ? [...items] : [...items].sort((a, b) => rank(b) - rank(a)).slice(0, max);
}

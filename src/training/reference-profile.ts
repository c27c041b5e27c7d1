// Describes the data a model knows as normal, in the form of `reference.json`.
import type { FeatureSpec } from '../manifest/model-manifest.js';
import type { ColumnProfile, ReferenceProfile } from '../manifest/reference-profile.js';
import { countInto } from '../monitors/statistics/binning.js';
import { quantileOfSorted } from '../monitors/statistics/quantile.js';
import type { Instance } from './instance.js';
import { calibrateReference, type JudgedAnswers } from './reference-calibration.js';
import { probabilityOutputs } from '../monitors/statistics/probability-outputs.js';
import { roundTo } from './rounding.js';

/** What a classifier answered for each instance, in the same order. */
export interface Answers {
  readonly labels: readonly string[];
  readonly confidences: readonly number[];
  /** A row has the order of the classes. */
  readonly probabilities?: readonly ArrayLike<number>[];
}

/**
 * Profiles every feature that has a distribution (numbers, booleans, categories) and the answers; with `heldOut`, answers
 * of rows the model did not learn from, also its calibration.
 */
export function createReferenceProfile(
  features: readonly FeatureSpec[],
  classes: readonly string[],
  instances: readonly Instance[],
  answers: Answers,
  heldOut?: JudgedAnswers,
): ReferenceProfile {
  const profiles = features.flatMap((feature): [string, ColumnProfile][] => {
    const values = instances.map((instance) => instance.features[feature.name]);
    switch (feature.type) {
      case 'number':
      case 'integer':
        return [[feature.name, profileNumbers(values.map(Number))]];
      case 'category':
        return [[feature.name, profileCategories(feature.categories ?? [], values)]];
      case 'boolean':
        return [[feature.name, profileCategories(['false', 'true'], values)]];
      case 'text':
      case 'image':
        return [];
    }
  });
  return {
    rows: instances.length,
    features: Object.fromEntries(profiles),
    outputs: {
      label: profileCategories(classes, answers.labels),
      confidence: profileNumbers(answers.confidences),
      ...profileProbabilities(classes, answers),
    },
    ...(heldOut === undefined ? {} : { calibration: calibrateReference(classes, heldOut) }),
  };
}

function profileProbabilities(
  classes: readonly string[],
  { probabilities }: Answers,
): Record<string, ColumnProfile> {
  if (probabilities === undefined) return {};
  return Object.fromEntries(
    probabilityOutputs(classes).map(({ name, of }) => {
      const place = classes.indexOf(of);
      return [name, profileNumbers(probabilities.map((row) => row[place] ?? NaN))];
    }),
  );
}

// Numbers are written to six decimals, and to more where that were too coarse for how little a column varies.
const DECIMALS = 6;
const MOST_DECIMALS = 15;
const FINENESS = 2e-5;

function decimalsFor(std: number): number {
  if (std === 0) return DECIMALS;
  return Math.min(MOST_DECIMALS, Math.max(DECIMALS, Math.ceil(-Math.log10(FINENESS * std))));
}

/**
 * Moments, 101 quantiles (0, 0.01, .. 1) and counts between the deciles. Values that are not finite count as missing;
 * deciles that coincide are one edge. Throws when no value is finite.
 */
export function profileNumbers(values: readonly number[]): ColumnProfile {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b);
  if (sorted.length === 0) throw new RangeError('a profile needs at least one value');
  const mean = sorted.reduce((sum, x) => sum + x, 0) / sorted.length;
  const variance = sorted.reduce((sum, x) => sum + (x - mean) ** 2, 0) / sorted.length;
  const [least, most] = [sorted[0] ?? 0, sorted.at(-1) ?? 0];
  // Of equal values the mean is off by the last bit, and that is no spread.
  const std = least === most ? 0 : Math.sqrt(variance);
  const decimals = decimalsFor(std);
  const round = (value: number) => roundTo(value, decimals);
  const quantiles = Array.from({ length: 101 }, (_, i) => round(quantileOfSorted(sorted, i / 100) ?? 0));
  const edges = [...new Set(quantiles.filter((_, i) => i > 0 && i < 100 && i % 10 === 0))];
  return {
    kind: 'numeric',
    count: sorted.length,
    missing: values.length - sorted.length,
    mean: round(mean),
    std: round(std),
    min: round(least),
    max: round(most),
    quantiles,
    histogram: { edges, counts: countInto(edges, sorted) },
  };
}

/** How often each category came, known ones first and in their order, zero included. */
export function profileCategories(
  known: readonly string[],
  values: readonly (string | number | undefined)[],
): ColumnProfile {
  const counts = new Map(known.map((category) => [category, 0]));
  const present = values.filter((value) => value !== undefined).map(String);
  for (const value of present) counts.set(value, (counts.get(value) ?? 0) + 1);
  return {
    kind: 'category',
    count: present.length,
    missing: values.length - present.length,
    counts: Object.fromEntries(counts),
  };
}

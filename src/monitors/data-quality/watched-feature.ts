// What is known beforehand of each feature: what the manifest allows and what the reference leads to expect.
import type { MonitorSubject } from '../monitor.js';

type Feature = MonitorSubject['manifest']['features'][number];
type Profile = NonNullable<MonitorSubject['reference']>['features'][string] | undefined;

/** One feature of the manifest. Shares lie in 0 to 1, and are 0 where there is no profile of the feature. */
export interface WatchedFeature {
  readonly name: string;
  readonly type: Feature['type'];
  /** Infinite where the manifest sets no bound. */
  readonly min: number;
  readonly max: number;
  /** By category, its place in the manifest. */
  readonly categories: ReadonlyMap<string, number>;
  /** What a value of the right type may do wrong; undefined where the manifest sets no rule for values. */
  readonly rule: 'out-of-range' | 'unseen-category' | undefined;
  /** Share of reference rows in which it is missing. */
  readonly expectedMissing: number;
  /** Share of reference values that break the rule; for numbers to about a hundredth, as it is read from the quantiles. */
  readonly expectedBroken: number;
  /** Of a feature that varied in the reference: what it is to stand still at one value. */
  readonly stillness: Stillness | undefined;
}

/** Values are numbers: of a boolean 0 or 1, of a category its place in the manifest. */
export interface Stillness {
  /** The largest share of the reference that this value can have, never 0. */
  share(value: number): number;
  name(value: number): string | number | boolean;
}

/** The features of a model in the order of its manifest. */
export function watchedFeatures({ manifest, reference }: MonitorSubject): WatchedFeature[] {
  return manifest.features.map((feature) => {
    const { name, type, min = -Infinity, max = Infinity } = feature;
    const profiles = reference?.features ?? {};
    // Own keys only: a feature may be called as something that every object inherits.
    const profile = Object.hasOwn(profiles, name) ? profiles[name] : undefined;
    const categories = new Map((feature.categories ?? []).map((category, place) => [category, place]));
    const isNumeric = type === 'number' || type === 'integer';
    const isBounded = isNumeric && (min > -Infinity || max < Infinity);
    return {
      ...{ name, type, min, max, categories },
      rule: isBounded ? 'out-of-range' : type === 'category' ? 'unseen-category' : undefined,
      expectedMissing: shareOf(profile?.missing ?? 0, (profile?.count ?? 0) + (profile?.missing ?? 0)),
      expectedBroken: isBounded
        ? outside(profile, min, max)
        : type === 'category'
          ? unseen(profile, categories)
          : 0,
      stillness: isNumeric
        ? numberStillness(profile)
        : categoryStillness(type, profile, [...categories.keys()]),
    };
  });
}

// Profiles are rounded to six decimals, or finer where values vary less.
const ROUNDING = 1e-6;
const FINE_ROUNDING = 2e-5;

/** A number that stands at k neighbouring quantiles has at most the k + 1 steps around them. */
function numberStillness(profile: Profile): Stillness | undefined {
  if (profile?.kind !== 'numeric' || profile.std === 0) return undefined;
  const { quantiles, std } = profile;
  const rounding = Math.min(ROUNDING, FINE_ROUNDING * std);
  return {
    share: (value) => {
      const standing = quantiles.filter((quantile) => Math.abs(quantile - value) <= rounding).length;
      return Math.min(1, (standing + 1) / (quantiles.length - 1));
    },
    name: (value) => value,
  };
}

/** One row more than were counted, or what was never seen could not come at all. */
function categoryStillness(
  type: Feature['type'],
  profile: Profile,
  categories: readonly string[],
): Stillness | undefined {
  if (profile?.kind !== 'category' || (type !== 'boolean' && type !== 'category')) return undefined;
  const { counts, count } = profile;
  if (Object.values(counts).filter((seen) => seen > 0).length < 2) return undefined;
  const name = (value: number) => (type === 'boolean' ? value === 1 : (categories[value] ?? ''));
  const countOf = (category: string) => (Object.hasOwn(counts, category) ? (counts[category] ?? 0) : 0);
  return { share: (value) => (countOf(String(name(value))) + 1) / (count + 1), name };
}

function outside(profile: Profile, min: number, max: number): number {
  if (profile?.kind !== 'numeric') return 0;
  const { quantiles } = profile;
  return shareOf(quantiles.filter((value) => value < min || value > max).length, quantiles.length);
}

function unseen(profile: Profile, categories: ReadonlyMap<string, number>): number {
  if (profile?.kind !== 'category') return 0;
  const strange = Object.entries(profile.counts).filter(([category]) => !categories.has(category));
  return shareOf(
    strange.reduce((sum, [, count]) => sum + count, 0),
    profile.count,
  );
}

function shareOf(count: number, n: number): number {
  return n === 0 ? 0 : count / n;
}

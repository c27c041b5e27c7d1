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
  readonly categories: ReadonlySet<string>;
  /** What a value of the right type may do wrong; undefined where the manifest sets no rule for values. */
  readonly rule: 'out-of-range' | 'unseen-category' | undefined;
  /** Share of reference rows in which it is missing. */
  readonly expectedMissing: number;
  /** Share of reference values that break the rule; for numbers to about a hundredth, as it is read from the quantiles. */
  readonly expectedBroken: number;
  /** Quantiles of a number that varied in the reference; undefined for all other features. */
  readonly quantiles: readonly number[] | undefined;
}

/** The features of a model in the order of its manifest. */
export function watchedFeatures({ manifest, reference }: MonitorSubject): WatchedFeature[] {
  return manifest.features.map((feature) => {
    const { name, type, min = -Infinity, max = Infinity } = feature;
    const profiles = reference?.features ?? {};
    // Own keys only: a feature may be called as something that every object inherits.
    const profile = Object.hasOwn(profiles, name) ? profiles[name] : undefined;
    const categories = new Set(feature.categories ?? []);
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
      quantiles: isNumeric && profile?.kind === 'numeric' && profile.std > 0 ? profile.quantiles : undefined,
    };
  });
}

function outside(profile: Profile, min: number, max: number): number {
  if (profile?.kind !== 'numeric') return 0;
  const { quantiles } = profile;
  return shareOf(quantiles.filter((value) => value < min || value > max).length, quantiles.length);
}

function unseen(profile: Profile, categories: ReadonlySet<string>): number {
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

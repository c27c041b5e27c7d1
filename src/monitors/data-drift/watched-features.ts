// Which features are compared with the reference, and by which distance.
import type { MonitorSubject } from '../monitor.js';
import { effectRule, type DriftMethod } from '../statistics/drift/effect-size.js';
import type { DriftColumn } from '../statistics/drift/tumbling-drift.js';

/** The settings that say how a feature is compared. */
interface Comparison {
  readonly method: DriftMethod;
  readonly methods: Readonly<Record<string, DriftMethod>>;
  readonly minWasserstein: number;
  readonly minJensenShannon: number;
}

/**
 * The features of the model that the reference has values of, in the model's order. Throws when `methods` names a
 * feature the model does not have, or a method that does not fit; where `method` does not fit a feature, `auto` is taken.
 */
export function watchedFeatures(
  { method, methods, minWasserstein, minJensenShannon }: Comparison,
  { manifest, reference }: MonitorSubject,
): DriftColumn[] {
  const least = { wasserstein: minWasserstein, jensenShannon: minJensenShannon };
  for (const name of Object.keys(methods))
    if (!manifest.features.some((feature) => feature.name === name))
      throw new Error(`setting "methods": the model has no feature "${name}"`);
  return manifest.features.flatMap(({ name }) => {
    const profile = reference?.features[name];
    if (profile === undefined || profile.count === 0) return [];
    const own = methods[name];
    const rule =
      own === undefined
        ? (effectRule(method, profile.kind, least) ?? effectRule('auto', profile.kind, least))
        : effectRule(own, profile.kind, least);
    if (rule === undefined)
      throw new Error(`setting "methods": "${own ?? method}" does not fit "${name}", which has categories`);
    return [{ name, reference: profile, rule }];
  });
}

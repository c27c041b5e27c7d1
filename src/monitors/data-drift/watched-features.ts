// Which features are compared with the reference, and by which method.
import type { MonitorSubject } from '../monitor.js';
import type { ColumnReference } from '../statistics/drift/column-reference.js';
import { driftRule, type DriftMethod, type LeastDifferences } from '../statistics/drift/drift-rule.js';
import type { DriftColumn } from '../statistics/drift/tumbling-drift.js';

/** The settings that say how a feature is compared. */
interface Comparison extends LeastDifferences {
  readonly method: DriftMethod;
  readonly methods: Readonly<Record<string, DriftMethod>>;
}

/**
 * The features of the model that the reference has values of, in the model's order. Throws when `methods` names a
 * feature the model does not have, or a method that does not fit; where `method` does not fit a feature, `auto` is taken.
 */
export function watchedFeatures(chosen: Comparison, { manifest, reference }: MonitorSubject): DriftColumn[] {
  const { method, methods } = chosen;
  for (const name of Object.keys(methods))
    if (!manifest.features.some((feature) => feature.name === name))
      throw new Error(`setting "methods": the model has no feature "${name}"`);
  return manifest.features.flatMap(({ name }) => {
    const profile = reference?.features[name];
    if (profile === undefined || profile.count === 0) return [];
    const own = methods[name];
    const rule =
      own === undefined
        ? (driftRule(method, profile, chosen) ?? driftRule('auto', profile, chosen))
        : driftRule(own, profile, chosen);
    if (rule === undefined)
      throw new Error(
        `setting "methods": "${own ?? method}" does not fit "${name}", which has ${kindOf(profile)}`,
      );
    return [{ name, reference: profile, rule }];
  });
}

function kindOf(profile: ColumnReference): string {
  return profile.kind === 'numeric' ? 'numbers' : `${Object.keys(profile.counts).length} categories`;
}

// Which answers of a model are compared with the reference, and by which distance.
import type { MonitorSubject } from '../monitor.js';
import { driftRule, type DriftMethod, type LeastDifferences } from '../statistics/drift/drift-rule.js';
import type { DriftColumn } from '../statistics/drift/tumbling-drift.js';

/** What a model of a task answers, by the names a reference has for it. */
export function outputsOf(
  task: MonitorSubject['manifest']['task'],
): readonly ('label' | 'confidence' | 'value')[] {
  switch (task) {
    case 'classification':
      return ['label', 'confidence'];
    case 'regression':
      return ['value'];
    case 'detection':
    case 'system':
      return [];
  }
}

/** The outputs that the reference has values of; where `method` does not fit one, `auto` is taken. */
export function watchedOutputs(
  chosen: LeastDifferences & { readonly method: DriftMethod },
  { manifest, reference }: MonitorSubject,
): DriftColumn[] {
  return outputsOf(manifest.task).flatMap((name) => {
    const profile = reference?.outputs[name];
    if (profile === undefined || profile.count === 0) return [];
    const rule = driftRule(chosen.method, profile, chosen) ?? driftRule('auto', profile, chosen);
    return rule === undefined ? [] : [{ name, reference: profile, rule }];
  });
}

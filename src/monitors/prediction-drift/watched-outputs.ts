// Which answers of a model are compared with the reference, and by which distance.
import type { MonitorSubject } from '../monitor.js';
import { effectRule, type DriftMethod } from '../statistics/drift/effect-size.js';
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
  chosen: {
    readonly method: DriftMethod;
    readonly minWasserstein: number;
    readonly minJensenShannon: number;
  },
  { manifest, reference }: MonitorSubject,
): DriftColumn[] {
  const least = { wasserstein: chosen.minWasserstein, jensenShannon: chosen.minJensenShannon };
  return outputsOf(manifest.task).flatMap((name) => {
    const profile = reference?.outputs[name];
    if (profile === undefined || profile.count === 0) return [];
    const rule = effectRule(chosen.method, profile.kind, least) ?? effectRule('auto', profile.kind, least);
    return rule === undefined ? [] : [{ name, reference: profile, rule }];
  });
}

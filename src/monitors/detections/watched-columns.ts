// Which columns of pictures the reference of a detector has, and by which rule they are compared.
import type { MonitorSubject } from '../monitor.js';
import { comparedClasses, PICTURE_NUMBERS, shareColumn } from '../statistics/detection/picture-outputs.js';
import { driftRule } from '../statistics/drift/drift-rule.js';
import { driftThresholdsSchema } from '../statistics/drift/drift-thresholds.js';
import type { DriftColumn } from '../statistics/drift/tumbling-drift.js';

/** Those with values, by the default rule of drift. */
export function watchedColumns(
  least: { readonly minWasserstein: number; readonly minJensenShannon: number },
  reference: MonitorSubject['reference'],
  classes: readonly string[],
): DriftColumn[] {
  const profiles = reference?.outputs ?? {};
  const thresholds = driftThresholdsSchema.parse({});
  const names = ['has_detection', ...PICTURE_NUMBERS, ...comparedClasses(classes).map(shareColumn)];
  return names.flatMap((name) => {
    const profile = Object.hasOwn(profiles, name) ? profiles[name] : undefined;
    if (profile === undefined || profile.count === 0) return [];
    const rule = driftRule('auto', profile, { ...least, thresholds });
    return rule === undefined ? [] : [{ name, reference: profile, rule }];
  });
}

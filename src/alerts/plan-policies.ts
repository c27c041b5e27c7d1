// Decides how patient alerting is for each monitor of each model: the defaults, with the manifest's settings over them.
import type { ModelManifest } from '../manifest/model-manifest.js';
import { alertPolicySchema, type AlertPolicy } from './policy.js';

/** The policy for the alerts of one monitor of one model. */
export type PolicyOf = (model: string, monitor: string) => AlertPolicy;

/**
 * The policies of these models; what a manifest's `alerts` leaves unsaid is as in `defaults`. Throws one error that
 * names every problem by model, monitor and setting: a monitor that is not among `monitorNames`, an unknown setting, a
 * value that is none.
 */
export function planPolicies({
  manifests,
  monitorNames,
  defaults,
}: {
  readonly manifests: readonly Pick<ModelManifest, 'name' | 'alerts' | 'retraining'>[];
  readonly monitorNames: readonly string[];
  readonly defaults: AlertPolicy;
}): PolicyOf {
  const problems: string[] = [];
  const policies = new Map<string, Map<string, AlertPolicy>>();
  for (const { name: model, alerts, retraining = [] } of manifests) {
    for (const { monitor } of retraining)
      if (!monitorNames.includes(monitor))
        problems.push(`model "${model}", retraining: there is no monitor "${monitor}"`);
    const ofModel = new Map<string, AlertPolicy>();
    policies.set(model, ofModel);
    for (const [monitor, chosen] of Object.entries(alerts)) {
      if (!monitorNames.includes(monitor)) {
        const known = monitorNames.join(', ');
        problems.push(`model "${model}", alerts: there is no monitor "${monitor}" (known: ${known})`);
        continue;
      }
      const parsed = alertPolicySchema.safeParse({ ...defaults, ...chosen });
      if (parsed.success) ofModel.set(monitor, parsed.data);
      for (const { path, message } of parsed.error?.issues ?? [])
        problems.push(`model "${model}", alerts of monitor "${monitor}", ${settingOf(path)}: ${message}`);
    }
  }
  if (problems.length > 0)
    throw new Error(`The alerts cannot start:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
  return (model, monitor) => policies.get(model)?.get(monitor) ?? defaults;
}

function settingOf(path: readonly PropertyKey[]): string {
  return path.length === 0 ? 'settings' : `setting "${path.map(String).join('.')}"`;
}

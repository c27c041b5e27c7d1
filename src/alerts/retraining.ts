// When a model should be trained anew: rules over the findings of a round, each an alert of its own.
import type { Finding, MonitorReport } from '../events/monitor-report.js';
import type { ModelManifest } from '../manifest/model-manifest.js';

export const RETRAINING = 'retraining-needed';

/** Once is enough: who was told to train a model anew is not reminded. */
export const NEVER_MS = Number.MAX_SAFE_INTEGER;

export type RetrainingRule = NonNullable<ModelManifest['retraining']>[number];

/** One rule looked at: what it finds, and the findings that rests on. */
export interface RetrainingLook {
  readonly rule: RetrainingRule;
  readonly version: number | null;
  readonly finding: Finding;
  readonly evidence: readonly (Finding & { readonly monitor: string })[];
}

/** Looks at every rule; a rule whose monitor is not in the round has no data. */
export function lookAtRetraining(
  rules: readonly RetrainingRule[],
  reports: readonly MonitorReport[],
): RetrainingLook[] {
  return rules.map((rule) => {
    const own = reports.filter(({ monitor }) => monitor === rule.monitor);
    const spoken = own
      .flatMap(({ findings }) => findings)
      .filter(({ key }) => rule.key === undefined || rule.key === key);
    const evidence = spoken
      .filter(({ status }) => status === 'critical' || (rule.severity === 'warning' && status === 'warning'))
      .map((finding) => ({ ...finding, detail: {}, monitor: rule.monitor }));
    const known = spoken.some(({ status }) => status !== 'no-data' && status !== 'insufficient-data');
    return { rule, version: own[0]?.version ?? null, finding: findingOf(rule, evidence, known), evidence };
  });
}

/** What the alert of a rule is called within `retraining-needed`. */
export function keyOfRule({ monitor, key }: RetrainingRule): string {
  return key === undefined ? monitor : `${monitor}/${key}`;
}

function findingOf(
  rule: RetrainingRule,
  evidence: readonly Pick<Finding, 'summary'>[],
  known: boolean,
): Finding {
  const isMet = evidence.length > 0;
  const [first] = evidence;
  const others = evidence.length - 1;
  const why = `${first?.summary ?? ''}${others > 0 ? ` (and ${others} more)` : ''}`;
  return {
    key: keyOfRule(rule),
    status: isMet ? 'critical' : known ? 'ok' : 'no-data',
    value: evidence.length,
    threshold: null,
    effect: null,
    pValue: null,
    n: evidence.length,
    summary: isMet ? `Train it anew: ${why}` : 'nothing asks for retraining',
    detail: {},
  };
}

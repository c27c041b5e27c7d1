// What a round of reports says of each alert identity: one finding each, the worst where several versions speak.
import type { AlertTransition } from '../events/alert-transition.js';
import type { Finding, FindingStatus, MonitorReport } from '../events/monitor-report.js';
import { alertField, type AlertIdentity, type AlertRecord } from './alert-record.js';
import { alertPolicySchema, type AlertPolicy } from './policy.js';
import { lookAtRetraining, NEVER_MS, RETRAINING, type RetrainingRule } from './retraining.js';

/** What is found of one alert identity in one round. */
export interface Observation {
  readonly identity: AlertIdentity;
  readonly finding: Finding;
  /** Where it is not that of the monitor. */
  readonly policy?: AlertPolicy;
  readonly evidence?: AlertTransition['evidence'];
}

const MOST_EVIDENCE = 20;

const RANK: Readonly<Record<FindingStatus, number>> = {
  'no-data': 0,
  'insufficient-data': 1,
  ok: 2,
  warning: 3,
  critical: 4,
};

/** Whether something is wrong with what was looked at. */
export function isBad({ status }: Pick<Finding, 'status'>): boolean {
  return RANK[status] > RANK.ok;
}

/** By alert field, the findings of a round and what the rules of retraining make of them. */
export function observe(
  model: string,
  reports: readonly MonitorReport[],
  rules: readonly RetrainingRule[],
): Map<string, Observation> {
  const worst = new Map<string, Observation>();
  for (const { version, monitor, findings } of reports) {
    for (const finding of findings) {
      const identity = { model, version, monitor, key: finding.key };
      const field = alertField(identity);
      const other = worst.get(field);
      if (other === undefined || RANK[finding.status] > RANK[other.finding.status])
        worst.set(field, { identity, finding });
    }
  }
  for (const { rule, version, finding, evidence } of lookAtRetraining(rules, reports)) {
    const identity = { model, version, monitor: RETRAINING, key: finding.key };
    worst.set(alertField(identity), {
      identity,
      finding,
      policy: alertPolicySchema.parse({ forMs: rule.forMs, repeatMs: NEVER_MS }),
      ...(evidence.length > 0 && { evidence: evidence.slice(0, MOST_EVIDENCE) }),
    });
  }
  return worst;
}

/** What a round that does not speak of an open alert says of it: it is over, or its monitor (`blind`) cannot see. */
export function unobserved({ alert }: AlertRecord, blind: ReadonlySet<string>): Observation {
  const { model, version, monitor, key } = alert;
  const isGone = !blind.has(monitor);
  return {
    identity: { model, version, monitor, key },
    finding: {
      key,
      status: isGone ? 'ok' : 'no-data',
      value: null,
      threshold: null,
      effect: null,
      pValue: null,
      n: 0,
      summary: isGone ? 'no longer watched' : 'the monitor is not well',
      detail: {},
    },
  };
}

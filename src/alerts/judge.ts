// Turns one round of monitor reports into changes of alerts, as writes for the round's one atomic commit.
import type { Logger } from 'pino';
import type { AlertTransition } from '../events/alert-transition.js';
import type { Finding, FindingStatus, MonitorReport } from '../events/monitor-report.js';
import type { Judge } from '../events/round-judge.js';
import type { Keys } from '../redis/keys.js';
import type { Expectation, RedisConnections, Write } from '../redis/redis-client.js';
import { alertField, parseAlertRecord, type AlertIdentity, type AlertRecord } from './alert-record.js';
import { alertWrites } from './alert-writes.js';
import type { PolicyOf } from './plan-policies.js';
import { alertPolicySchema, type AlertPolicy } from './policy.js';
import { lookAtRetraining, NEVER_MS, RETRAINING, type RetrainingRule } from './retraining.js';
import { isSilenced, parseSilences } from './silence.js';
import { retire, transition, type Step, type TransitionContext } from './transition.js';

/**
 * Creates a judge. A round holds a report of every monitor the model has; an open alert that no report speaks of counts
 * as ok, so that it resolves when its monitor is switched off or its key is gone, unless its monitor is not well: then
 * the alert is treated as `no-data`. An alert of a version that no report is about is resolved at once, with a comment that
 * says so; if the version that is watched now is no better, that is an alert of its own. Silenced alerts, and those whose
 * monitor names the cause of them in another finding, go on without a word to people until that is over, but for the end
 * of what they were told before. What is told in one round is one group.
 */
export function createJudge({
  redis,
  keys,
  policyOf,
  rulesOf = () => [],
  createId,
  log,
}: {
  redis: RedisConnections;
  keys: Keys;
  policyOf: PolicyOf;
  /** When a model should be trained anew. */
  rulesOf?: (model: string) => readonly RetrainingRule[];
  createId: () => string;
  log: Logger;
}): Judge {
  return async (model, reports, now) => {
    const modelKeys = keys.model(model);
    const held = new Map(Object.entries(await redis.commands.hGetAll(modelKeys.openAlerts)));
    const silences = parseSilences(await redis.commands.hVals(keys.silences));
    const observed = worstByField(model, reports);
    for (const observation of retraining(model, rulesOf(model), reports))
      observed.set(alertField(observation.identity), observation);
    const causes = new Set(reports.filter(namesACause).map(({ monitor }) => monitor));
    const group = createId();
    const blind = new Set(
      reports.filter(({ health }) => health.status !== 'ok').map(({ monitor }) => monitor),
    );
    const versions = new Set(reports.map(({ version }) => version));
    const writes: Write[] = [];
    const expectations: Expectation[] = [];
    for (const field of new Set([...held.keys(), ...observed.keys()])) {
      const raw = held.get(field) ?? null;
      const previous = raw === null ? undefined : parseAlertRecord(raw);
      if (raw !== null && previous === undefined)
        log.warn({ model, field }, 'an open alert could not be read and starts afresh');
      const observation = observed.get(field) ?? (previous && unobserved(previous, blind));
      const { next, transitions } =
        observation === undefined
          ? { next: undefined, transitions: [] }
          : step(previous, versions, observation, now, {
              policy: observation.policy ?? policyOf(model, observation.identity.monitor),
              identity: observation.identity,
              quiet:
                isSilenced(observation.identity, silences, now) ||
                (causes.has(observation.identity.monitor) && observation.finding.isCause !== true),
              createId,
            });
      const isSettled = next === previous && (raw === null) === (next === undefined);
      if (isSettled) continue;
      const { evidence } = observation ?? {};
      const isGone = !observed.has(field);
      const told = transitions.map((one) => ({
        ...one,
        ...(isGone && one.to === 'resolved' && { comment: one.comment ?? GONE }),
        group,
        ...(evidence !== undefined && { evidence }),
      }));
      writes.push(...alertWrites(modelKeys, field, next, told));
      expectations.push({ key: modelKeys.openAlerts, field, value: raw });
    }
    return { writes, expectations };
  };
}

const GONE = 'Its monitor does not speak of it any more.';

interface Observation {
  readonly identity: AlertIdentity;
  readonly finding: Finding;
  /** Where it is not that of the monitor. */
  readonly policy?: AlertPolicy;
  readonly evidence?: AlertTransition['evidence'];
}

function step(
  previous: AlertRecord | undefined,
  versions: ReadonlySet<number | null>,
  { finding }: Observation,
  now: number,
  context: TransitionContext,
): Step {
  const version = previous?.alert.version ?? null;
  if (previous === undefined || version === null || versions.size === 0 || versions.has(version))
    return transition(previous, finding, now, context);
  const comment = `Version ${version} is no longer watched; version ${[...versions].join(', ')} is.`;
  const retired = retire(previous, comment, now, context);
  const fresh = transition(retired.next, finding, now, context);
  return { next: fresh.next, transitions: [...retired.transitions, ...fresh.transitions] };
}

const RANK: Readonly<Record<FindingStatus, number>> = {
  'no-data': 0,
  'insufficient-data': 1,
  ok: 2,
  warning: 3,
  critical: 4,
};

/** One alert per monitor and key: where several versions report the same key, the worst finding speaks. */
function worstByField(model: string, reports: readonly MonitorReport[]): Map<string, Observation> {
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
  return worst;
}

function namesACause({ findings }: MonitorReport): boolean {
  return findings.some(({ isCause, status }) => isCause === true && RANK[status] > RANK.ok);
}

function retraining(
  model: string,
  rules: readonly RetrainingRule[],
  reports: readonly MonitorReport[],
): Observation[] {
  return lookAtRetraining(rules, reports).map(({ rule, version, finding, evidence }) => ({
    identity: { model, version, monitor: RETRAINING, key: finding.key },
    finding,
    policy: alertPolicySchema.parse({ forMs: rule.forMs, repeatMs: NEVER_MS }),
    ...(evidence.length > 0 && { evidence: evidence.slice(0, MOST_EVIDENCE) }),
  }));
}

const MOST_EVIDENCE = 20;

function unobserved({ alert }: AlertRecord, blind: ReadonlySet<string>): Observation {
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

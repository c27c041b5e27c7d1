// Turns one round of monitor reports into changes of alerts, as writes for the round's one atomic commit.
import type { Logger } from 'pino';
import type { MonitorReport } from '../events/monitor-report.js';
import type { Judge } from '../events/round-judge.js';
import type { Keys } from '../redis/keys.js';
import type { RedisConnections } from '../redis/redis-client.js';
import { parseAlertRecord, type AlertRecord } from './alert-record.js';
import { alertWrites } from './alert-writes.js';
import { isBad, observe, unobserved, type Observation } from './observe.js';
import { joinIntoMessages } from './one-message.js';
import type { PolicyOf } from './plan-policies.js';
import type { RetrainingRule } from './retraining.js';
import { isSilenced, parseSilences } from './silence.js';
import { findParts } from './speaker.js';
import { retire, transition, type Step, type TransitionContext } from './transition.js';

/**
 * Creates a judge. A round holds a report of every monitor the model has; an open alert that no report speaks of counts
 * as ok, so that it resolves when its monitor is switched off or its key is gone, unless its monitor is not well: then
 * the alert is treated as `no-data`. An alert of a version that no report is about is resolved at once, with a comment that
 * says so; if the version that is watched now is no better, that is an alert of its own. What is silenced, what its monitor
 * names another finding the cause of, and what another alert that people know of speaks for, goes on without a word to people
 * until that is over, but for the end of what they were told before. What is told in one round is one message.
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
    const records = new Map<string, AlertRecord>();
    for (const [field, raw] of held) {
      const record = parseAlertRecord(raw);
      if (record === undefined)
        log.warn({ model, field }, 'an open alert could not be read and starts afresh');
      else records.set(field, record);
    }
    const observed = observe(model, reports, rulesOf(model));
    const causes = new Set(reports.filter(namesACause).map(({ monitor }) => monitor));
    const blind = new Set(
      reports.filter(({ health }) => health.status !== 'ok').map(({ monitor }) => monitor),
    );
    const versions = new Set(reports.map(({ version }) => version));
    const isMuted = ({ identity, finding }: Observation) =>
      isSilenced(identity, silences, now) || (causes.has(identity.monitor) && finding.isCause !== true);
    const partOf = findParts(observed, records, isMuted);
    const changes = [...new Set([...held.keys(), ...observed.keys()])].flatMap((field) => {
      const raw = held.get(field) ?? null;
      const previous = records.get(field);
      const observation = observed.get(field) ?? (previous && unobserved(previous, blind));
      if (observation === undefined) return [{ field, raw, next: undefined, transitions: [] }];
      const { identity, policy = policyOf(model, identity.monitor), evidence } = observation;
      const { isSpokenFor, speaksOn } = partOf(field);
      const quiet = isMuted(observation) || isSpokenFor;
      const context = { policy, identity, quiet, speaksOn, createId };
      const { next, transitions } = step(previous, versions, observation, now, context);
      if (next === previous && (raw === null) === (next === undefined)) return [];
      const isGone = !observed.has(field);
      const told = transitions.map((one) => ({
        ...one,
        ...(isGone && one.to === 'resolved' && { comment: one.comment ?? GONE }),
        ...(evidence !== undefined && { evidence }),
      }));
      return [{ field, raw, next, transitions: told }];
    });
    const joined = joinIntoMessages(changes.flatMap(({ transitions }) => transitions));
    return {
      writes: changes.flatMap(({ field, next, transitions }) =>
        alertWrites(modelKeys, field, next, transitions.map(joined)),
      ),
      expectations: changes.map(({ field, raw }) => ({ key: modelKeys.openAlerts, field, value: raw })),
    };
  };
}

const GONE = 'Its monitor does not speak of it any more.';

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

function namesACause({ findings }: MonitorReport): boolean {
  return findings.some((finding) => finding.isCause === true && isBad(finding));
}

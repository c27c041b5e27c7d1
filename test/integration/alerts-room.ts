// A model's alerts on a real Redis, with a clock a test sets: rounds are judged and committed as the monitors do it.
import { v7 } from 'uuid';
import { createAcknowledge } from '../../src/alerts/acknowledge.js';
import { parseAlertRecord, type AlertRecord } from '../../src/alerts/alert-record.js';
import type { RetrainingRule } from '../../src/alerts/retraining.js';
import { createSilences } from '../../src/alerts/silences.js';
import { createJudge } from '../../src/alerts/judge.js';
import { alertPolicySchema, type AlertPolicy } from '../../src/alerts/policy.js';
import { alertTransitionSchema, type AlertTransition } from '../../src/events/alert-transition.js';
import type { Finding, MonitorReport } from '../../src/events/monitor-report.js';
import { commitFenced, type CommitOutcome } from '../../src/redis/fenced-commit.js';
import { createKeys } from '../../src/redis/keys.js';
import type { RedisConnections } from '../../src/redis/redis-client.js';
import { silent } from '../support/redis-room.js';

export function reportOf(
  monitor: string,
  findings: readonly Finding[],
  changed: Partial<MonitorReport> = {},
): MonitorReport {
  return {
    v: 1,
    model: 'iris',
    version: 1,
    monitor,
    at: 0,
    window: { from: null, to: null, n: 0 },
    measurements: [],
    findings: [...findings],
    settings: {},
    health: { status: 'ok', errors: 0, lastError: null, lagSeconds: 0 },
    ...changed,
  };
}

/** Opens a room under a key prefix of its own; models are `iris` and `air`. */
export function openAlertsRoom(
  redis: RedisConnections,
  changed: Partial<AlertPolicy> = {},
  rules: readonly RetrainingRule[] = [],
) {
  const keys = createKeys(`test-${v7()}`);
  const policy = alertPolicySchema.parse(changed);
  const clock = { now: 1_000_000 };
  const judge = createJudge({
    redis,
    keys,
    policyOf: () => policy,
    rulesOf: () => rules,
    createId: v7,
    log: silent,
  });
  const commit = ({ writes, expectations }: Awaited<ReturnType<typeof judge>>) =>
    commitFenced(redis.commands, { lease: null, writes, expectations });
  return {
    keys,
    clock,
    judge,
    commit,
    silences: createSilences({
      ...{ redis, keys, now: () => clock.now, createId: v7 },
      monitorsOf: () => Promise.resolve(['a', 'confidence']),
    }),
    acknowledge: createAcknowledge({
      redis,
      keys,
      models: ['air', 'iris'],
      now: () => clock.now,
      createId: v7,
    }),
    /** One round: judges and commits; answers how the commit went. */
    round: async (...reports: MonitorReport[]): Promise<CommitOutcome> =>
      commit(await judge('iris', reports, clock.now)),
    open: async (field: string): Promise<AlertRecord | undefined> => {
      const raw = await redis.commands.hGet(keys.model('iris').openAlerts, field);
      return raw === null ? undefined : parseAlertRecord(raw);
    },
    transitions: async (): Promise<AlertTransition[]> => {
      const entries = await redis.commands.xRange(keys.model('iris').alerts, '-', '+');
      return (entries ?? []).map(({ message }) =>
        alertTransitionSchema.parse(JSON.parse(message['e'] ?? '')),
      );
    },
  };
}

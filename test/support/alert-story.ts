// Plays findings through the alert state machine and keeps what came of it, so that a test reads like a story.
import { acknowledgeRecord } from '../../src/alerts/acknowledgement.js';
import type { AlertIdentity, AlertRecord } from '../../src/alerts/alert-record.js';
import { alertPolicySchema, type AlertPolicy } from '../../src/alerts/policy.js';
import { transition } from '../../src/alerts/transition.js';
import type { AlertTransition } from '../../src/events/alert-transition.js';
import type { Finding, FindingStatus } from '../../src/events/monitor-report.js';

export const storyIdentity: AlertIdentity = { model: 'm', version: 1, monitor: 'confidence', key: 'mean' };

export function findingOf(status: FindingStatus, changed: Partial<Finding> = {}): Finding {
  return {
    key: 'mean',
    status,
    value: null,
    threshold: null,
    effect: null,
    pValue: null,
    n: 100,
    summary: `it is ${status}`,
    detail: {},
    ...changed,
  };
}

export interface AlertStory {
  /** Feeds one finding; answers the transitions it made as `from>to`, with `!` where people are told. */
  see(at: number, finding: Finding | FindingStatus): string[];
  acknowledge(at: number, by?: string): string;
  record(): AlertRecord | undefined;
  readonly transitions: readonly AlertTransition[];
}

/** A story of one identity under the default policy with these changes; ids count up from 1. */
export function startStory(changed: Partial<AlertPolicy> = {}): AlertStory {
  const policy = alertPolicySchema.parse(changed);
  let record: AlertRecord | undefined;
  let ids = 0;
  const createId = () => String((ids += 1));
  const transitions: AlertTransition[] = [];
  return {
    see(at, finding) {
      const seen = typeof finding === 'string' ? findingOf(finding) : finding;
      const step = transition(record, seen, at, { policy, identity: storyIdentity, createId });
      record = step.next;
      transitions.push(...step.transitions);
      return step.transitions.map(inShort);
    },
    acknowledge(at, by = 'ann') {
      if (record === undefined) return 'none';
      const step = acknowledgeRecord(record, { by, comment: null, now: at, transitionId: createId() });
      if (step.outcome !== 'acknowledged') return step.outcome;
      record = step.next;
      transitions.push(step.transition);
      return inShort(step.transition);
    },
    record: () => record,
    transitions,
  };
}

function inShort({ from, to, notify }: AlertTransition): string {
  return `${from ?? 'none'}>${to}${notify ? '!' : ''}`;
}

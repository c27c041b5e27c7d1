// The life of an alert as a pure function: none, pending, firing, acknowledged, resolved, and who is told when.
import { isDeepStrictEqual } from 'node:util';
import type { AlertState, AlertTransition, Severity } from '../events/alert-transition.js';
import type { Finding } from '../events/monitor-report.js';
import { STOPPED, type AlertIdentity, type AlertRecord, type AlertTimer } from './alert-record.js';
import { weigh } from './evidence.js';
import type { AlertPolicy } from './policy.js';

/** `next` is undefined when nothing is left to remember, and the same object as before when nothing changed. */
export interface Step {
  readonly next: AlertRecord | undefined;
  readonly transitions: readonly AlertTransition[];
}

/** What decides a step beside the alert and the finding. */
export interface TransitionContext {
  readonly policy: AlertPolicy;
  readonly identity: AlertIdentity;
  /** Names new alerts and transitions; sortable and unique. */
  readonly createId: () => string;
}

/**
 * Takes one alert identity from one finding to the next; `now` in epoch ms, and a clock that went back counts as
 * standing still. Transitions are in order, at most one of them asks to tell people, and the same inputs (ids
 * included) give the same answer. Missing data under `keep` pauses every timer.
 */
export function transition(
  previous: AlertRecord | undefined,
  finding: Finding,
  now: number,
  context: TransitionContext,
): Step {
  const at = Math.max(now, previous?.at ?? now);
  const evidence = weigh(finding, previous?.alert, context.policy);
  const moment: Moment = { ...context, finding, at };
  if (previous === undefined || previous.alert.state === 'resolved') {
    if (evidence.kind === 'bad') return open(previous, evidence.severity, moment);
    return {
      next: previous !== undefined && isCooling(previous, moment) ? previous : undefined,
      transitions: [],
    };
  }
  switch (evidence.kind) {
    case 'unknown':
      return change(previous, { timer: { ...previous.timer, since: null } }, moment);
    case 'bad':
      return previous.alert.state === 'pending'
        ? stayPending(previous, evidence.severity, moment)
        : stayBad(previous, evidence.severity, moment);
    case 'near':
    case 'recovered':
      return previous.alert.state === 'pending'
        ? resolve(previous, moment)
        : recover(previous, evidence.kind === 'near', moment);
  }
}

/**
 * Ends an alert with a word to people, whatever is found now: its version is no longer watched, so that it gets neither
 * better nor worse, and who took it on has not taken on what the next version does. A resolved one stays as it is.
 */
export function retire(
  previous: AlertRecord,
  comment: string,
  now: number,
  { policy, createId }: Pick<TransitionContext, 'policy' | 'createId'>,
): Step {
  if (previous.alert.state === 'resolved') return { next: previous, transitions: [] };
  const at = Math.max(now, previous.at);
  const { next, transitions } = resolve(previous, { policy, createId, at, finding: { value: null } });
  return { next, transitions: transitions.map((transition) => ({ ...transition, comment })) };
}

interface Moment extends TransitionContext {
  readonly finding: Finding;
  readonly at: number;
}

type End = Pick<Moment, 'policy' | 'createId' | 'at'> & { readonly finding: Pick<Finding, 'value'> };

function open(previous: AlertRecord | undefined, severity: Severity, moment: Moment): Step {
  const { at, identity, createId } = moment;
  const record: AlertRecord = {
    alert: {
      id: createId(),
      ...identity,
      ...badFacts(severity, moment),
      state: 'pending',
      startedAt: at,
      firedAt: null,
      resolvedAt: null,
      acknowledgedBy: null,
    },
    at,
    timer: { ms: 0, since: at },
    told: null,
    resolvedNoticeAt: previous?.resolvedNoticeAt ?? null,
    rev: (previous?.rev ?? 0) + 1,
  };
  const opened = enter(null, record, false, moment);
  if (moment.policy.forMs > 0) return { next: record, transitions: [opened] };
  const fired = fire(record, moment);
  return { next: fired.next, transitions: [opened, ...fired.transitions] };
}

function stayPending(record: AlertRecord, severity: Severity, moment: Moment): Step {
  const timer = advance(record.timer, moment.at);
  const changed: Partial<AlertRecord> = {
    alert: { ...record.alert, ...badFacts(severity, moment) },
    timer,
  };
  if (timer.ms < moment.policy.forMs) return change(record, changed, moment);
  return fire({ ...record, ...changed }, moment);
}

function fire(record: AlertRecord, moment: Moment): Step {
  const { at } = moment;
  // An identity that was just reported as resolved keeps quiet until the cooldown is over; see stayBad.
  const notify = !isCooling(record, moment);
  const next: AlertRecord = {
    ...record,
    alert: { ...record.alert, state: 'firing', firedAt: at },
    at,
    timer: STOPPED,
    told: notify ? { severity: record.alert.severity, at } : null,
    rev: record.rev + 1,
  };
  return { next, transitions: [enter('pending', next, notify, moment)] };
}

function stayBad(record: AlertRecord, severity: Severity, now: Moment): Step {
  // Strictly later than what came before: history sorts by time first, and a process that acknowledged, or judged before
  // this one, may have a clock ahead of this one's.
  const moment: Moment = { ...now, at: Math.max(now.at, record.at + 1) };
  const { at, policy } = moment;
  const { told } = record;
  const { state, firedAt, severity: before } = record.alert;
  // Against what people know, not against the last finding: a value that hovers at the critical bound tells them once.
  const worsened = told?.severity === 'warning' && severity === 'critical';
  const isDue = told === null ? !isCooling(record, moment) : at - told.at >= policy.repeatMs;
  const notify = worsened || (state === 'firing' && isDue);
  const alert = { ...record.alert, ...badFacts(severity, moment) };
  if (!notify) {
    const step = change(record, { alert, timer: STOPPED }, moment);
    if (severity === before || step.next === undefined) return step;
    return { next: step.next, transitions: [enter(state, step.next, false, moment)] };
  }
  const next: AlertRecord = {
    ...record,
    alert: { ...alert, state: 'firing', firedAt: firedAt ?? at, acknowledgedBy: null },
    at,
    timer: STOPPED,
    told: { severity, at },
    rev: record.rev + 1,
  };
  return { next, transitions: [enter(state, next, true, moment)] };
}

function recover(record: AlertRecord, isNear: boolean, moment: Moment): Step {
  const { keepFiringForMs, settleMs } = moment.policy;
  const timer = advance(record.timer, moment.at);
  const neededMs = isNear ? Math.max(keepFiringForMs, settleMs) : keepFiringForMs;
  if (timer.ms < neededMs) return change(record, { timer }, moment);
  return resolve(record, moment);
}

function resolve(record: AlertRecord, moment: End): Step {
  const { at } = moment;
  // Who never heard of the alert need not hear that it is gone.
  const notify = record.told !== null;
  const next: AlertRecord = {
    ...record,
    alert: { ...record.alert, state: 'resolved', resolvedAt: at },
    at,
    timer: STOPPED,
    resolvedNoticeAt: notify ? at : record.resolvedNoticeAt,
    rev: record.rev + 1,
  };
  const resolved = enter(record.alert.state, next, notify, moment);
  return { next: isCooling(next, moment) ? next : undefined, transitions: [resolved] };
}

/** Applies a change without a transition; the very same record when it changes nothing. */
function change(record: AlertRecord, changed: Partial<AlertRecord>, { at }: Moment): Step {
  const next = { ...record, ...changed };
  if (isDeepStrictEqual(next, record)) return { next: record, transitions: [] };
  return { next: { ...next, at, rev: record.rev + 1 }, transitions: [] };
}

function enter(
  from: AlertState | null,
  { alert }: AlertRecord,
  notify: boolean,
  { at, finding, createId }: Omit<End, 'policy'>,
): AlertTransition {
  const { value } = finding;
  return { v: 1, id: createId(), from, to: alert.state, at, by: null, comment: null, value, notify, alert };
}

/** What an alert says of its last bad finding; an ok finding leaves it, so that a resolved alert still tells what was wrong. */
function badFacts(severity: Severity, { finding, identity }: Moment) {
  const { summary, value, threshold } = finding;
  return { version: identity.version, severity, summary, value, threshold };
}

function advance(timer: AlertTimer, at: number): AlertTimer {
  return { ms: timer.ms + (timer.since === null ? 0 : at - timer.since), since: at };
}

function isCooling(
  { resolvedNoticeAt }: AlertRecord,
  { at, policy }: Pick<Moment, 'at' | 'policy'>,
): boolean {
  return resolvedNoticeAt !== null && at - resolvedNoticeAt < policy.cooldownMs;
}

// The life of an alert as a pure function: none, pending, firing, acknowledged, resolved, and who is told when.
import { isDeepStrictEqual } from 'node:util';
import type { AlertState, AlertTransition, Severity } from '../events/alert-transition.js';
import type { Finding } from '../events/monitor-report.js';
import { STOPPED, type AlertIdentity, type AlertRecord, type AlertTimer } from './alert-record.js';
import { weigh, type Evidence } from './evidence.js';
import { firedLately, isFlapping, FLAPPING } from './flapping.js';
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
  /**
   * Nobody is to be told for now, but of the end of what they were told before: it is silenced, or the symptom of
   * another finding that people hear of.
   */
  readonly quiet?: boolean;
  /** It speaks for another that is bad about the same: that its own finding is ok ends nothing, its timers stand still. */
  readonly speaksOn?: boolean;
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
  const weighed = weigh(finding, previous?.alert, context.policy);
  const evidence: Evidence =
    context.speaksOn === true && weighed.kind !== 'bad' ? { kind: 'unknown' } : weighed;
  const moment: Moment = { ...context, finding, at };
  if (previous === undefined || previous.alert.state === 'resolved') {
    if (evidence.kind === 'bad') return open(previous, evidence.severity, moment);
    return {
      next: previous !== undefined && isRemembered(previous, moment) ? previous : undefined,
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
  { policy, createId, quiet }: Pick<TransitionContext, 'policy' | 'createId' | 'quiet'>,
): Step {
  if (previous.alert.state === 'resolved') return { next: previous, transitions: [] };
  const at = Math.max(now, previous.at);
  const { next, transitions } = resolve(previous, {
    policy,
    createId,
    at,
    ...(quiet !== undefined && { quiet }),
    finding: { value: null },
  });
  return { next, transitions: transitions.map((transition) => ({ ...transition, comment })) };
}

interface Moment extends TransitionContext {
  readonly finding: Finding;
  readonly at: number;
}

type End = Pick<Moment, 'policy' | 'createId' | 'at' | 'quiet'> & {
  readonly finding: Pick<Finding, 'value'>;
};

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
    firedTimes: previous?.firedTimes ?? [],
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
  const { at, policy } = moment;
  // An identity that was just reported as resolved keeps quiet until the cooldown is over; see stayBad.
  const notify = moment.quiet !== true && !isCooling(record, moment);
  const firedTimes = [...firedLately(record.firedTimes, at, policy), at].slice(-1 - policy.flapCount);
  const next: AlertRecord = {
    ...record,
    alert: { ...record.alert, state: 'firing', firedAt: at },
    at,
    timer: STOPPED,
    told: notify ? { severity: record.alert.severity, at, isNotified: true } : null,
    firedTimes,
    rev: record.rev + 1,
  };
  const fired = enter('pending', next, notify, moment);
  return { next, transitions: [isFlapping(next, at, policy) ? { ...fired, comment: FLAPPING } : fired] };
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
  // People were told that it flaps, and a reminder would say no more than that.
  const isDue =
    told === null
      ? !isCooling(record, moment)
      : at - told.at >= policy.repeatMs && !isFlapping(record, at, policy);
  const notify = now.quiet !== true && (worsened || (state === 'firing' && isDue));
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
    told: { severity, at, isNotified: true },
    rev: record.rev + 1,
  };
  return { next, transitions: [enter(state, next, true, moment)] };
}

function recover(record: AlertRecord, isNear: boolean, moment: Moment): Step {
  const { keepFiringForMs, settleMs, flapHoldMs } = moment.policy;
  const timer = advance(record.timer, moment.at);
  const steadyMs = isNear ? Math.max(keepFiringForMs, settleMs) : keepFiringForMs;
  const flaps = isFlapping(record, moment.at, moment.policy);
  const neededMs = flaps ? Math.max(steadyMs, flapHoldMs) : steadyMs;
  if (timer.ms < neededMs) return change(record, { timer }, moment);
  return resolve(record, moment);
}

function resolve(record: AlertRecord, moment: End): Step {
  const { at } = moment;
  // Who never heard of the alert need not hear that it is gone; who was sent word of it keeps it open until told, so that
  // word is sent even where it is quiet.
  const notify = record.told !== null && (record.told.isNotified || moment.quiet !== true);
  const next: AlertRecord = {
    ...record,
    alert: { ...record.alert, state: 'resolved', resolvedAt: at },
    at,
    timer: STOPPED,
    resolvedNoticeAt: notify ? at : record.resolvedNoticeAt,
    rev: record.rev + 1,
  };
  const resolved = enter(record.alert.state, next, notify, moment);
  return { next: isRemembered(next, moment) ? next : undefined, transitions: [resolved] };
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

function isRemembered(record: AlertRecord, moment: Pick<Moment, 'at' | 'policy'>): boolean {
  return isCooling(record, moment) || firedLately(record.firedTimes, moment.at, moment.policy).length > 0;
}

function isCooling(
  { resolvedNoticeAt }: AlertRecord,
  { at, policy }: Pick<Moment, 'at' | 'policy'>,
): boolean {
  return resolvedNoticeAt !== null && at - resolvedNoticeAt < policy.cooldownMs;
}

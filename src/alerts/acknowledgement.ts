// What happens to an alert when a person takes it on, as a pure function.
import type { AlertTransition } from '../events/alert-transition.js';
import { STOPPED, type AlertRecord } from './alert-record.js';

/** Who acknowledges, with what words, when (epoch ms), and the id of the transition it makes. */
export interface Acknowledgement {
  readonly by: string | null;
  readonly comment: string | null;
  readonly now: number;
  readonly transitionId: string;
}

/** What acknowledging does to a record. */
export type AcknowledgementOutcome =
  | { readonly outcome: 'acknowledged'; readonly next: AlertRecord; readonly transition: AlertTransition }
  /** It was acknowledged before: the first person stays, nothing is written. */
  | { readonly outcome: 'unchanged' }
  | { readonly outcome: 'resolved' };

/**
 * Acknowledges a pending or firing alert: reminders end, and only a worsening or the end is told.
 * The time of the transition never lies before the record's.
 */
export function acknowledgeRecord(
  record: AlertRecord,
  { by, comment, now, transitionId }: Acknowledgement,
): AcknowledgementOutcome {
  const { state, severity, value } = record.alert;
  if (state === 'resolved') return { outcome: 'resolved' };
  if (state === 'acknowledged') return { outcome: 'unchanged' };
  const at = Math.max(now, record.at);
  const alert: AlertRecord['alert'] = { ...record.alert, state: 'acknowledged', acknowledgedBy: by };
  return {
    outcome: 'acknowledged',
    next: {
      ...record,
      alert,
      at,
      // A pending alert counted bad time, which must not pass for ok time; a firing one goes on recovering.
      timer: state === 'pending' ? STOPPED : record.timer,
      told: { severity, at, isNotified: record.told?.isNotified ?? false },
      rev: record.rev + 1,
    },
    transition: {
      v: 1,
      id: transitionId,
      from: state,
      to: 'acknowledged',
      at,
      by,
      comment,
      value,
      notify: false,
      alert,
    },
  };
}

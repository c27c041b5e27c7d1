// An alert as the API shows it, with what is known of its history so far.
import type { Alert as AlertRecord, AlertTransition } from '../events/alert-transition.js';
import type { Alert } from '../schema/alert.type.js';
import type { Plain } from '../schema/plain.js';
import type { AlertHistoryEntry } from '../store/store.js';

/** `history` is complete for an alert read from the store; `latest` is a transition the store may not have yet. */
export type AlertSource = Plain<Alert> & {
  readonly known: {
    readonly history?: readonly AlertHistoryEntry[] | undefined;
    readonly latest?: AlertTransition | undefined;
  };
};

export function toAlert(alert: AlertRecord, known: AlertSource['known']): AlertSource {
  return {
    id: alert.id,
    model: alert.model,
    version: alert.version,
    monitor: alert.monitor,
    key: alert.key,
    severity: alert.severity,
    state: alert.state,
    summary: alert.summary,
    value: alert.value,
    threshold: alert.threshold,
    startedAt: new Date(alert.startedAt),
    firedAt: alert.firedAt === null ? null : new Date(alert.firedAt),
    resolvedAt: alert.resolvedAt === null ? null : new Date(alert.resolvedAt),
    acknowledgedBy: alert.acknowledgedBy,
    known,
  };
}

/** The stored history with the latest transition at its end, once. */
export function withLatest(
  stored: readonly AlertHistoryEntry[],
  latest: AlertTransition | undefined,
): readonly AlertHistoryEntry[] {
  if (latest === undefined || stored.some(({ to, at }) => to === latest.to && at === latest.at))
    return stored;
  return [...stored, latest];
}

// Keeps what went wrong with one monitor of one model, and writes its reports with that as their health.
import type { Logger } from 'pino';
import type { MonitorReport } from '../events/monitor-report.js';
import type { Metrics } from '../metrics.js';
import type { MonitorMethod } from './guarded-monitor.js';
import { NO_VERSION, type Evaluation, type MonitorSubject } from './monitor.js';
import type { PlannedMonitor } from './plan.js';

const MAX_ERROR_LENGTH = 200;

/** Where a monitor fails: in one of its methods, or with the thread it lives in. */
export type FailurePlace = MonitorMethod | 'thread';

/** Told of a failure: where, what, and how often (once unless told). */
export type OnFailure = (place: FailurePlace, message: string, times?: number) => void;

/** What is known of the health of one monitor. */
export interface MonitorRecord {
  /** Counts failures in `vigie_monitor_errors_total`; the message becomes the last error. */
  readonly failed: OnFailure;
  /** The report at `now` (epoch ms): down without an evaluation, degraded after a failure since the last report. */
  report(now: number, lagSeconds: number, evaluation: Evaluation | undefined): MonitorReport;
}

/** A record without failures. */
export function createMonitorRecord({
  planned: { definition, settings },
  subject,
  metrics,
  log,
}: {
  readonly planned: PlannedMonitor;
  readonly subject: MonitorSubject;
  readonly metrics: Metrics;
  readonly log: Logger;
}): MonitorRecord {
  const monitor = definition.name;
  const model = subject.manifest.name;
  let errors = 0;
  let errorsShown = 0;
  let lastError: string | null = null;

  return {
    failed: (place, message, times = 1) => {
      errors += times;
      lastError = `${place}: ${message}`.replaceAll(/\s+/g, ' ').slice(0, MAX_ERROR_LENGTH);
      metrics.monitorErrors.inc({ model, monitor, method: place }, times);
    },
    report: (now, lagSeconds, evaluation) => {
      const fresh = errors - errorsShown;
      errorsShown = errors;
      // Once per evaluation, not once per throw: a monitor that fails on every event must not flood the log.
      if (fresh > 0) log.warn({ model, monitor, errors: fresh, lastError }, 'a monitor failed');
      const working = fresh > 0 ? 'degraded' : 'ok';
      return {
        v: 1,
        model,
        version: subject.version === NO_VERSION ? null : subject.version,
        monitor,
        at: now,
        window: evaluation?.window ?? { from: null, to: null, n: 0 },
        measurements: [...(evaluation?.measurements ?? [])],
        findings: [...(evaluation?.findings ?? [])],
        settings: { ...settings },
        health: { status: evaluation === undefined ? 'down' : working, errors, lastError, lagSeconds },
      };
    },
  };
}

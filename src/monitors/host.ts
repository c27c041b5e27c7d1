// Runs one monitor for one model so that nothing it does can harm the others: throws are caught, results are checked.
import type { Logger } from 'pino';
import type { MonitorReport } from '../events/monitor-report.js';
import type { Metrics } from '../metrics.js';
import { checkEvaluation } from './check-evaluation.js';
import { NO_VERSION, type Monitor, type MonitorEvent, type MonitorSubject } from './monitor.js';
import type { PlannedMonitor } from './plan.js';

const MAX_ERROR_LENGTH = 200;

type Method = 'create' | 'update' | 'evaluate' | 'snapshot' | 'restore';

/** One monitor behind a wall: no call throws, whatever the plugin does. */
export interface MonitorHost {
  readonly name: string;
  readonly settings: Readonly<Record<string, unknown>>;
  /** Hands over the events of the kinds the monitor asked for. */
  update(events: readonly MonitorEvent[]): void;
  /** The checked evaluation at `now` (epoch ms) and the monitor's health; after a throw it holds nothing but health. */
  evaluate(now: number, lagSeconds: number): MonitorReport;
  /** The state as JSON text; null when the monitor could not give one. */
  snapshot(): string | null;
  /** Takes up a state; a monitor that refuses it starts afresh and shows the refusal in its health. */
  restore(state: string): void;
}

/** Hosts a monitor for `subject`; never throws, also when the plugin cannot even be created. */
export function createMonitorHost({
  planned: { definition, settings },
  subject,
  metrics,
  log,
}: {
  readonly planned: PlannedMonitor;
  readonly subject: MonitorSubject;
  readonly metrics: Metrics;
  readonly log: Logger;
}): MonitorHost {
  const { name, inputs } = definition;
  const model = subject.manifest.name;
  const isWanted = (event: MonitorEvent) => inputs.includes(event.kind);
  const evaluationSeconds = metrics.monitorEvaluationSeconds.labels(model, name);
  let errors = 0;
  let errorsShown = 0;
  let lastError: string | null = null;
  let monitor: Monitor | undefined;

  const count = (method: Method, message: string) => {
    errors += 1;
    lastError = `${method}: ${message}`.replaceAll(/\s+/g, ' ').slice(0, MAX_ERROR_LENGTH);
    metrics.monitorErrors.inc({ model, monitor: name, method });
  };
  const attempt = <T>(method: Method, call: () => T): { readonly value: T } | undefined => {
    try {
      const value = call();
      if (!(value instanceof Promise)) return { value };
      // A plugin against the contract: its rejection must not end the process.
      value.catch(() => undefined);
      count(method, 'returned a promise, but monitors are synchronous');
    } catch (error) {
      count(method, error instanceof Error ? error.message : String(error));
    }
    return undefined;
  };
  const create = () => attempt('create', () => definition.create(settings, subject))?.value;

  monitor = create();
  return {
    name,
    settings,
    update: (events) => {
      const wanted = events.every(isWanted) ? events : events.filter(isWanted);
      if (wanted.length > 0 && monitor !== undefined) attempt('update', () => monitor?.update(wanted));
    },
    evaluate: (now, lagSeconds) => {
      const stopTimer = evaluationSeconds.startTimer();
      const returned = monitor === undefined ? undefined : attempt('evaluate', () => monitor?.evaluate(now));
      stopTimer();
      const checked =
        returned === undefined ? undefined : checkEvaluation(returned.value, definition.metrics);
      for (const problem of checked?.problems ?? []) count('evaluate', problem);
      const fresh = errors - errorsShown;
      errorsShown = errors;
      // Once per evaluation, not once per throw: a monitor that fails on every event must not flood the log.
      if (fresh > 0) log.warn({ model, monitor: name, errors: fresh, lastError }, 'a monitor failed');
      const working = fresh > 0 ? 'degraded' : 'ok';
      return {
        v: 1,
        model,
        version: subject.version === NO_VERSION ? null : subject.version,
        monitor: name,
        at: now,
        window: checked?.evaluation.window ?? { from: null, to: null, n: 0 },
        measurements: [...(checked?.evaluation.measurements ?? [])],
        findings: [...(checked?.evaluation.findings ?? [])],
        settings: { ...settings },
        health: { status: checked === undefined ? 'down' : working, errors, lastError, lagSeconds },
      };
    },
    snapshot: () => {
      if (monitor === undefined) return null;
      const text = attempt('snapshot', () => JSON.stringify(monitor?.snapshot()) as string | undefined);
      return text?.value ?? null;
    },
    restore: (state) => {
      if (monitor === undefined) return;
      const restored = attempt('restore', () => monitor?.restore(JSON.parse(state)));
      // A refusal may have come halfway, so the refusing instance is not trusted any further.
      if (restored === undefined) monitor = create();
    },
  };
}

// Runs one monitor for one model so that nothing it throws or answers can harm the others: throws are caught, results are checked.
import type { Logger } from 'pino';
import type { MonitorReport } from '../events/monitor-report.js';
import type { Metrics } from '../metrics.js';
import { guardMonitor } from './guarded-monitor.js';
import { createMonitorRecord } from './monitor-record.js';
import type { MonitorEvent, MonitorSubject } from './monitor.js';
import type { PlannedMonitor } from './plan.js';

/**
 * One monitor behind a wall: no call throws or rejects, whatever the plugin does. Calls take effect in their order, also
 * where an answer comes later: an evaluation and a snapshot asked for in one go are of the same moment.
 */
export interface MonitorHost {
  readonly name: string;
  readonly settings: Readonly<Record<string, unknown>>;
  /** Hands over the events of the kinds the monitor asked for. */
  update(events: readonly MonitorEvent[]): void;
  /** The checked evaluation at `now` (epoch ms) and the monitor's health; after a throw it holds nothing but health. */
  evaluate(now: number, lagSeconds: number): MonitorReport | Promise<MonitorReport>;
  /** The state as JSON text; null when the monitor could not give one. */
  snapshot(): string | null | Promise<string | null>;
  /** Takes up a state; a monitor that refuses it starts afresh and shows the refusal in its health. */
  restore(state: string): void;
  /** Lets the monitor go; nothing may be called after it. */
  close(): void;
}

/** A host in this thread: it answers at once, and a monitor that loops is not stopped. */
export interface LocalMonitorHost extends MonitorHost {
  evaluate(now: number, lagSeconds: number): MonitorReport;
  snapshot(): string | null;
}

/** What makes a host: the monitor, what it watches, and where its failures are told of. */
export interface HostOptions {
  readonly planned: PlannedMonitor;
  readonly subject: MonitorSubject;
  readonly metrics: Metrics;
  readonly log: Logger;
}

/** Hosts a monitor for `subject`; never throws, also when the plugin cannot even be created. */
export function createMonitorHost(options: HostOptions): LocalMonitorHost {
  const { planned, subject, metrics } = options;
  const { definition, settings } = planned;
  const record = createMonitorRecord(options);
  const evaluationSeconds = metrics.monitorEvaluationSeconds.labels(subject.manifest.name, definition.name);
  const monitor = guardMonitor({ definition, settings: () => settings, subject, onFailure: record.failed });

  return {
    name: definition.name,
    settings,
    update: (events) => {
      const wanted = eventsFor(planned, events);
      if (wanted.length > 0) monitor.update(wanted);
    },
    evaluate: (now, lagSeconds) => {
      const stopTimer = evaluationSeconds.startTimer();
      const evaluation = monitor.evaluate(now);
      stopTimer();
      return record.report(now, lagSeconds, evaluation);
    },
    snapshot: monitor.snapshot,
    restore: monitor.restore,
    close: () => undefined,
  };
}

/** Those of the kinds that the monitor asked for. */
export function eventsFor(
  { definition: { inputs } }: PlannedMonitor,
  events: readonly MonitorEvent[],
): readonly MonitorEvent[] {
  const isWanted = (event: MonitorEvent) => inputs.includes(event.kind);
  return events.every(isWanted) ? events : events.filter(isWanted);
}

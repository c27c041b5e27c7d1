// Lets monitors see again what happened, with the clock of that time: what would they have said, and under other settings?
import type { Logger } from 'pino';
import type { MonitorReport } from '../events/monitor-report.js';
import type { Metrics } from '../metrics.js';
import type { MonitorEvent, MonitorSubject } from './monitor.js';
import type { PlannedMonitor } from './plan.js';
import { createMonitorHost } from './host.js';

/**
 * The reports of all monitors of `plan` every `everyMs` of the events' time and once at their end. An event happens when its
 * batch was executed, or its labels came; events are in that order.
 */
export async function* replayEvents({
  subject,
  plan,
  events,
  everyMs,
  metrics,
  log,
}: {
  readonly subject: MonitorSubject;
  readonly plan: readonly PlannedMonitor[];
  readonly events: AsyncIterable<MonitorEvent>;
  readonly everyMs: number;
  readonly metrics: Metrics;
  readonly log: Logger;
}): AsyncGenerator<readonly MonitorReport[]> {
  const hosts = plan.map((planned) => createMonitorHost({ planned, subject, metrics, log }));
  const evaluate = (now: number) => hosts.map((host) => host.evaluate(now, 0));
  let due: number | undefined;
  let now = 0;
  for await (const event of events) {
    now = timeOf(event);
    due ??= now + everyMs;
    for (; due <= now; due += everyMs) yield evaluate(due);
    for (const host of hosts) host.update([event]);
  }
  if (due !== undefined) yield evaluate(now);
}

/** When an event happened (epoch ms), which is when monitors are asked about it. */
export function timeOf(event: MonitorEvent): number {
  switch (event.kind) {
    case 'prediction':
      return event.batch.at;
    case 'feedback':
      return event.batch.receivedAt;
    case 'resource':
      return event.sample.at;
  }
}

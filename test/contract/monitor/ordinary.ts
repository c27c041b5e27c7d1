// How much ordinary traffic a monitor is shown, and when it is asked about it.
import type { MonitorEvent } from '../../../src/monitors/monitor.js';
import { timeOf } from '../../../src/monitors/replay-events.js';

/** More than a thousand rows over more than a minute, so that default windows and those of 30 seconds come to an end. */
export const ORDINARY_BATCHES = 300;

/** The time of the last event, epoch ms. */
export function endOf(events: readonly MonitorEvent[]): number {
  return events.reduce((latest, event) => Math.max(latest, timeOf(event)), 0);
}

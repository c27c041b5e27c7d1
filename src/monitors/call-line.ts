// The calls that wait for a plugin's thread, in their order.
import type { PluginCall } from './plugin-protocol.js';

/** So much is copied to the thread at once: copying holds up whoever copies. */
const ROWS_AT_ONCE = 1000;

/** A line of calls. */
export interface CallLine {
  add(call: PluginCall): void;
  /** Takes the first ones, as many as go into one message; none when none wait. */
  take(): readonly PluginCall[];
  /** Takes out everything that is for this monitor. */
  drop(monitor: number): void;
  clear(): void;
  isEmpty(): boolean;
  /** Rows that wait. */
  rows(): number;
  /** Whether as many rows wait as may. */
  isFull(): boolean;
}

/** An empty line for `maxRows` rows of updates. */
export function createCallLine(maxRows: number): CallLine {
  let waiting: PluginCall[] = [];
  let rows = 0;
  const sum = (calls: readonly PluginCall[]) => calls.reduce((total, call) => total + rowsOf(call), 0);

  return {
    add: (call) => {
      waiting.push(call);
      rows += rowsOf(call);
    },
    take: () => {
      let count = 0;
      for (let taken = 0; count < waiting.length && taken < ROWS_AT_ONCE; count += 1) {
        const call = waiting[count];
        if (call !== undefined) taken += rowsOf(call);
      }
      const first = waiting.splice(0, count);
      rows -= sum(first);
      return first;
    },
    drop: (monitor) => {
      waiting = waiting.filter((call) => call.monitor !== monitor);
      rows = sum(waiting);
    },
    clear: () => {
      waiting = [];
      rows = 0;
    },
    isEmpty: () => waiting.length === 0,
    rows: () => rows,
    isFull: () => rows >= maxRows,
  };
}

/** The rows of an update, at least 1, so that any number of small calls is bounded too; 0 for other calls. */
export function rowsOf(call: PluginCall): number {
  if (call.kind !== 'update') return 0;
  const rows = call.events.map((event) => {
    if (event.kind === 'resource') return 1;
    return event.kind === 'prediction' ? event.batch.ids.length : event.batch.items.length;
  });
  return Math.max(
    1,
    rows.reduce((total, n) => total + n, 0),
  );
}

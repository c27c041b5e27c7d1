// One monitor in a plugin's thread, as whoever feeds it sees it.
import { rowsOf, type CallLine } from './call-line.js';
import type { OnFailure } from './monitor-record.js';
import type { MonitorReplay } from './monitor-replay.js';
import type { MonitorEvent, MonitorSubject } from './monitor.js';
import type { EvaluatedAnswer, PluginCall } from './plugin-protocol.js';
import type { PluginAnswer } from './plugin-questions.js';

/** Calls take effect in their order; nothing throws or rejects, failures are told of. */
export interface ThreadMonitor {
  update(events: readonly MonitorEvent[]): void;
  /** Undefined when there is no answer in time. */
  evaluate(now: number): Promise<EvaluatedAnswer | undefined>;
  /** The state as JSON text; null when there is none, or no answer in time. */
  readonly snapshot: () => Promise<string | null>;
  readonly restore: (state: string) => void;
  readonly close: () => void;
}

/** What is known of it outside the thread; the replay is another after it began afresh. */
export interface OpenMonitor {
  readonly subject: MonitorSubject;
  readonly onFailure: OnFailure;
  replay: MonitorReplay;
}

/** The face of a monitor that was created in the thread under `number`. */
export function createThreadMonitor({
  number,
  monitor,
  line,
  add,
  ask,
  onLate,
  onClose,
}: {
  readonly number: number;
  readonly monitor: OpenMonitor;
  readonly line: CallLine;
  /** Puts a call into the line and sends what can be sent. */
  readonly add: (call: PluginCall) => void;
  /** Answers undefined, after `onLate`, when the plugin does not answer in time. */
  readonly ask: (call: (id: number) => PluginCall, onLate: () => void) => Promise<PluginAnswer | undefined>;
  readonly onLate: () => void;
  readonly onClose: () => void;
}): ThreadMonitor {
  return {
    update: (events) => {
      if (line.isFull()) {
        monitor.onFailure('update', `events are dropped, because ${line.rows()} rows wait for the plugin`);
        return;
      }
      const update = { kind: 'update', monitor: number, events } as const;
      monitor.replay.sent(update, rowsOf(update));
      add(update);
    },
    evaluate: async (now) => {
      const answer = await ask((id) => ({ kind: 'evaluate', monitor: number, id, now }), onLate);
      return answer?.kind === 'evaluated' ? answer : undefined;
    },
    snapshot: async () => {
      const { replay } = monitor;
      const place = replay.place();
      // The evaluation of the same round tells that the plugin is late.
      const answer = await ask(
        (id) => ({ kind: 'snapshot', monitor: number, id }),
        () => undefined,
      );
      if (answer?.kind !== 'snapshot' || answer.state === null) return null;
      replay.stood(place, answer.state);
      return answer.state;
    },
    restore: (state) => {
      monitor.replay.stood(monitor.replay.place(), state);
      add({ kind: 'restore', monitor: number, state });
    },
    close: () => {
      onClose();
      line.drop(number);
      add({ kind: 'close', monitor: number });
    },
  };
}

// Makes every call to one monitor of a plugin, so that whatever it throws or answers, the caller gets a sound answer.
import { checkEvaluation } from './check-evaluation.js';
import type { Evaluation, Monitor, MonitorDefinition, MonitorEvent, MonitorSubject } from './monitor.js';

/** Far beyond what a bounded state needs; more would hold up whoever stores it. */
const MAX_STATE_LENGTH = 16 * 1024 * 1024;

/** The calls a plugin can fail in. */
export const MONITOR_METHODS = ['create', 'update', 'evaluate', 'snapshot', 'restore'] as const;

export type MonitorMethod = (typeof MONITOR_METHODS)[number];

/** One monitor; no call throws. What went wrong was told to `onFailure` before a call returns. */
export interface GuardedMonitor {
  update(events: readonly MonitorEvent[]): void;
  /** The sound part of the evaluation at `now` (epoch ms); undefined when there is none. */
  evaluate(now: number): Evaluation | undefined;
  /** The state as JSON text; null when the monitor could not give one, or one beyond all bounds. */
  readonly snapshot: () => string | null;
  /** A monitor that refuses `state` starts afresh. */
  readonly restore: (state: string) => void;
}

/** Creates a monitor, or what stands for one that could not be created: it takes everything and answers nothing. */
export function guardMonitor({
  definition,
  settings,
  subject,
  onFailure,
}: {
  readonly definition: MonitorDefinition;
  /** Called anew for every instance; a throw is a failure to create. */
  readonly settings: () => unknown;
  readonly subject: MonitorSubject;
  readonly onFailure: (method: MonitorMethod, message: string) => void;
}): GuardedMonitor {
  const attempt = <T>(method: MonitorMethod, call: () => T): { readonly value: T } | undefined => {
    try {
      const value = call();
      if (!(value instanceof Promise)) return { value };
      // A plugin against the contract: its rejection must not end the process.
      value.catch(() => undefined);
      onFailure(method, 'returned a promise, but monitors are synchronous');
    } catch (error) {
      onFailure(method, error instanceof Error ? error.message : String(error));
    }
    return undefined;
  };
  const create = () => attempt('create', () => definition.create(settings(), subject))?.value;
  let monitor: Monitor | undefined = create();

  return {
    update: (events) => {
      if (monitor !== undefined) attempt('update', () => monitor?.update(events));
    },
    evaluate: (now) => {
      const returned = monitor === undefined ? undefined : attempt('evaluate', () => monitor?.evaluate(now));
      if (returned === undefined) return undefined;
      const { evaluation, problems } = checkEvaluation(returned.value, definition.metrics);
      for (const problem of problems) onFailure('evaluate', problem);
      return evaluation;
    },
    snapshot: () => {
      if (monitor === undefined) return null;
      const text = attempt('snapshot', () => JSON.stringify(monitor?.snapshot()) as string | undefined);
      if (text?.value === undefined) return null;
      if (text.value.length <= MAX_STATE_LENGTH) return text.value;
      onFailure('snapshot', `the state has more than ${MAX_STATE_LENGTH} characters`);
      return null;
    },
    restore: (state) => {
      if (monitor === undefined) return;
      const restored = attempt('restore', () => monitor?.restore(JSON.parse(state)));
      // A refusal may have come halfway, so the refusing instance is not trusted any further.
      if (restored === undefined) monitor = create();
    },
  };
}

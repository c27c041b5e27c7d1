// What the main thread and a plugin's thread say to each other; a thread has one message to work on at a time.
import type { MonitorMethod } from './guarded-monitor.js';
import type { MonitorEvent, MonitorSubject } from './monitor.js';

/** `workerData` of a plugin's thread. */
export interface PluginThreadSettings {
  /** What `import` is to be given. */
  readonly address: string;
  /** Memory of `createActivityMemory`. */
  readonly activity: SharedArrayBuffer;
}

/** One call to one monitor; `monitor` is a number of its own for every monitor that is ever opened, `id` for every question. */
export type PluginCall =
  | { readonly kind: 'create'; readonly monitor: number; readonly subject: MonitorSubject }
  | { readonly kind: 'restore'; readonly monitor: number; readonly state: string }
  | { readonly kind: 'update'; readonly monitor: number; readonly events: readonly MonitorEvent[] }
  | { readonly kind: 'evaluate'; readonly monitor: number; readonly id: number; readonly now: number }
  | { readonly kind: 'snapshot'; readonly monitor: number; readonly id: number }
  | { readonly kind: 'close'; readonly monitor: number };

/** To be made in this order; `done` follows after the last one. */
export type ToPlugin = readonly PluginCall[];

/** `evaluation` is JSON text, null when there is none; `seconds` is what the call took. */
export interface EvaluatedAnswer {
  readonly kind: 'evaluated';
  readonly id: number;
  readonly evaluation: string | null;
  readonly seconds: number;
}

/** `state` is JSON text, null when the monitor gave none. */
export interface SnapshotAnswer {
  readonly kind: 'snapshot';
  readonly id: number;
  readonly state: string | null;
}

/** Failures of one call, `times` of them under the last one's message; they come before the answer to the call. */
export interface PluginFailure {
  readonly kind: 'failed';
  readonly monitor: number;
  readonly method: MonitorMethod;
  readonly message: string;
  readonly times: number;
}

/** `ready` comes once, when the plugin is imported. */
export type FromPlugin =
  { readonly kind: 'ready' } | { readonly kind: 'done' } | EvaluatedAnswer | SnapshotAnswer | PluginFailure;

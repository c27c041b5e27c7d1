// What happens to one kind of model, or to Vigie itself, for whatever holds monitors to something: ordinary days, bad ones, odd ones.
import type { MonitorEvent, MonitorSubject } from '../../../src/monitors/monitor.js';

/** A change of one event that a monitor must bear. */
export interface HostileInput {
  readonly name: string;
  /** The event as it is with that change; `i` counts the events that were changed. */
  readonly spoil: (event: MonitorEvent, i: number) => MonitorEvent;
  /** Why a monitor may be blind for a time after it; that it bears it is asked all the same. */
  readonly mayBlind?: string | undefined;
}

/** Predictions with feedback, or samples; the same whenever it is asked for. All begins at `START_MS`. */
export interface ModelTraffic {
  /** With a reference and an evaluation, where there can be any. */
  readonly subject: MonitorSubject;
  /** The same model as it is without both. */
  readonly bare: MonitorSubject;
  /** So many batches over about a quarter of a second each, a few rows failed, labels of most of them a while later. */
  readonly ordinary: (batches: number) => readonly MonitorEvent[];
  /** Time in which nothing is wrong, and time after it in which all goes wrong that can. */
  readonly shift: () => {
    readonly ordinary: readonly MonitorEvent[];
    readonly wrong: readonly MonitorEvent[];
  };
  /** As a careless process or a later version might append them. */
  readonly odd: readonly MonitorEvent[];
  /** Very many, every one with labels of its own. */
  readonly crowd: () => readonly MonitorEvent[];
  readonly hostile: readonly HostileInput[];
}

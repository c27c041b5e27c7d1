// What one monitor must be told to stand where it stood, when the thread it lived in is gone.
import type { PluginCall } from './plugin-protocol.js';

type Update = PluginCall & { readonly kind: 'update' };

/** Its last known state and what it was sent since. */
export interface MonitorReplay {
  /** `update` was sent. */
  sent(update: Update, rows: number): void;
  /** The place after everything sent so far, for `stood`. */
  place(): number;
  /** At `place` its state was `state`, which is JSON text. */
  stood(place: number, state: string): void;
  /** The calls that follow its creation; undefined when too much was sent since its last known state. */
  calls(): readonly PluginCall[] | undefined;
}

/** The replay of a new monitor; keeps updates of `maxRows` rows at most. */
export function createMonitorReplay(monitor: number, maxRows: number): MonitorReplay {
  let kept: { readonly place: number; readonly update: Update; readonly rows: number }[] = [];
  let keptRows = 0;
  let last = 0;
  let state: string | undefined;
  let statePlace = 0;
  let forgottenPlace = 0;

  const forgetUpTo = (place: number) => {
    kept = kept.filter((entry) => entry.place > place);
    keptRows = kept.reduce((rows, entry) => rows + entry.rows, 0);
  };

  return {
    sent: (update, rows) => {
      last += 1;
      kept.push({ place: last, update, rows });
      keptRows += rows;
      if (keptRows <= maxRows) return;
      // All of them: without its first one the rest is of no use until a later state is known.
      forgottenPlace = last;
      forgetUpTo(last);
    },
    place: () => last,
    stood: (place, text) => {
      state = text;
      statePlace = place;
      forgetUpTo(place);
    },
    calls: () => {
      if (statePlace < forgottenPlace) return undefined;
      const restore: PluginCall[] = state === undefined ? [] : [{ kind: 'restore', monitor, state }];
      return [...restore, ...kept.map(({ update }) => update)];
    },
  };
}

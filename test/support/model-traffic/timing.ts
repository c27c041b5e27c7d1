// When the events of made traffic happen.
import type { MonitorEvent } from '../../../src/monitors/monitor.js';
import type { Random } from '../../../src/training/random.js';

/** When all traffic begins, epoch ms. */
export const START_MS = 1_700_000_000_000;

const GAP_MS = 500;
const LABELS_AFTER_MS = 2000;
const ORDINARY_SECONDS = 100;
/** Enough for two whole windows of 1000 rows, at 20 a second. */
const WRONG_SECONDS = 110;

/** The ends of the ordinary seconds or of the wrong ones behind them (epoch ms). */
export function secondsOf(kind: 'ordinary' | 'wrong'): number[] {
  const [first, count] = kind === 'ordinary' ? [0, ORDINARY_SECONDS] : [ORDINARY_SECONDS, WRONG_SECONDS];
  return Array.from({ length: count }, (_, i) => START_MS + (first + i) * 1000);
}

/** So many batches, about a quarter of a second apart, and the labels of two of three of them two seconds later, in order. */
export function lateLabels(
  batches: number,
  random: Random,
  eventsAt: (
    at: number,
    labelledAt: number,
  ) => { readonly made: MonitorEvent; readonly labelled: MonitorEvent | undefined },
): MonitorEvent[] {
  let at = START_MS;
  const timed = Array.from({ length: batches }, () => {
    at += 1 + random.integer(GAP_MS);
    const { made, labelled } = eventsAt(at, at + LABELS_AFTER_MS);
    const isLabelled = labelled !== undefined && random.chance(2 / 3);
    return [{ at, event: made }, ...(isLabelled ? [{ at: at + LABELS_AFTER_MS, event: labelled }] : [])];
  }).flat();
  return timed.sort((a, b) => a.at - b.at).map(({ event }) => event);
}

// Turns the settings of a drift monitor into the rules of its windows.
import type { DriftRules } from './judge-columns.js';
import type { WindowedRules } from './tumbling-drift.js';

/** A window by time ends after as many rows at the latest: by then it says what it can. */
const MOST_ROWS = 10_000;

/** What both drift monitors can be set to; `window` is `{ count }` rows, at most `maxSeconds` long, or `{ seconds }`. */
export interface WindowSettings extends DriftRules {
  readonly window: { readonly count: number } | { readonly seconds: number };
  readonly maxSeconds: number;
}

/** The size of the windows, and the bounds they are judged by, divided by how many monitors judge beside each other. */
export function windowRules(settings: WindowSettings, comparisons = 1): WindowedRules {
  const { window, maxSeconds, minRows, suspectPValue, confirmations, warnPValue, criticalPValue } = settings;
  const size =
    'count' in window
      ? { rows: window.count, seconds: maxSeconds }
      : { rows: MOST_ROWS, seconds: window.seconds };
  return {
    ...size,
    ...{ minRows, confirmations, comparisons },
    suspectPValue: suspectPValue / comparisons,
    warnPValue: warnPValue / comparisons,
    criticalPValue: criticalPValue / comparisons,
  };
}

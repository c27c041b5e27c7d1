// The settings by which every monitor of drift decides, and what they must keep.
import { z } from 'zod';

/** Above 0, 1 at most. */
export const probability = z.number().positive().max(1);

/** When a window is suspect, how many in a row make a finding, and what their p-values must lie below together. */
export const decisionSettings = {
  suspectPValue: probability.default(0.05),
  confirmations: z.int().min(1).max(100).default(2),
  warnPValue: probability.default(0.00001),
  criticalPValue: probability.default(1e-6),
};

/** Whether a full window can be judged. */
export function holdsMinRows(settings: {
  readonly window: { readonly count: number } | { readonly seconds: number };
  readonly minRows: number;
}): boolean {
  return !('count' in settings.window) || settings.window.count >= settings.minRows;
}

/** For the refinement by `holdsMinRows`. */
export const HOLDS_MIN_ROWS = { path: ['window'], message: 'a window holds minRows at least' };

// KSWIN: compares the last values with a sample of those before them, by the Kolmogorov-Smirnov test.
import { z } from 'zod';
import { kolmogorovSmirnov } from '../kolmogorov-smirnov.js';
import type { DriftDetector } from './drift-detector.js';

/** The usual level of each test. */
export const KSWIN_ALPHA = 0.005;

/** What KSWIN looks at, and how improbable a difference must be by chance. */
export interface KswinOptions {
  /** Level of each test; one is made per value. */
  readonly alpha?: number;
  /** How many values are held. */
  readonly window?: number;
  /** How many of them count as recent; at most half the window. */
  readonly recent?: number;
  /** Of the draw among the older values, from 1 to 2^31 - 2. */
  readonly seed?: number;
}

const MODULUS = 2_147_483_647;
const stateSchema = z.strictObject({
  values: z.array(z.number()),
  random: z
    .int()
    .min(1)
    .max(MODULUS - 1),
});

/**
 * KSWIN (Raab and others 2020): once the window is full, drift when the recent values and as many drawn from the older
 * ones differ with p <= alpha; the recent ones stay. Sees any change of the distribution, and never warns. The test is
 * repeated with every value, so false alarms are more frequent than alpha suggests.
 */
export function createKswin({
  alpha = KSWIN_ALPHA,
  window = 100,
  recent = 30,
  seed = 1,
}: KswinOptions = {}): DriftDetector {
  let values: number[] = [];
  let random = seed;

  const drawOlder = () => {
    const older = values.slice(0, window - recent);
    return Array.from({ length: recent }, () => {
      random = (random * 48_271) % MODULUS;
      const [drawn = 0] = older.splice(Math.floor((random / MODULUS) * older.length), 1);
      return drawn;
    });
  };

  return {
    add: (value) => {
      if (!Number.isFinite(value)) return 'stable';
      values.push(value);
      if (values.length > window) values.shift();
      if (values.length < window) return 'stable';
      const last = values.slice(-recent);
      const test = kolmogorovSmirnov(last, drawOlder());
      if (test === undefined || test.pValue > alpha) return 'stable';
      values = last;
      return 'drift';
    },
    snapshot: () => ({ values: [...values], random }),
    restore: (state) => {
      const held = stateSchema.parse(state);
      if (held.values.length > window) throw new Error('the state of KSWIN has a larger window');
      ({ values, random } = held);
    },
  };
}

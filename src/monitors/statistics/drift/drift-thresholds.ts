// What can be set of each method: the least distance that matters, or the level of a test.
import { z } from 'zod';

const distance = z.number().nonnegative();
const level = z.number().positive().max(1).optional();

/**
 * Least distances, and for tests the adjusted p-value below which a window is suspect, `suspectPValue` where none is
 * given. Wasserstein and Jensen-Shannon have settings of their own.
 */
export const driftThresholdsSchema = z
  .strictObject({
    psi: distance.default(0.1),
    hellinger: distance.max(1).default(0.1),
    /** The standard deviation of the reference is the unit. */
    energy: distance.default(0.1),
    ks: level,
    'chi-square': level,
    'g-test': level,
    'cramer-von-mises': level,
    'anderson-darling': level,
    'mann-whitney': level,
    'welch-t': level,
    'z-test': level,
  })
  .prefault({});

export type DriftThresholds = z.output<typeof driftThresholdsSchema>;

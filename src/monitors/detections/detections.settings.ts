// What can be set of detections, and what an ordinary detector needs none of.
import { z } from 'zod';
import { windowSchema } from '../window.js';

const probability = z.number().positive().max(1);
const ratio = z.number().min(0).max(1).optional();

/** Rows are pictures. Every p-value is an adjusted one, and works as that of data-drift. */
export const detectionsSettings = z
  .strictObject({
    /** Windows follow each other without overlap; `{ count }` pictures each, or those of `{ seconds }`. */
    window: windowSchema.default({ count: 200 }),
    /** A window of pictures is judged after so long whatever it holds, if that is `minRows`. */
    maxSeconds: z.number().positive().max(86_400).default(600),
    minRows: z.int().min(5).default(30),
    /** Bounds to keep; where one is set it is judged by that alone, elsewhere by the reference. */
    maxEmptyRatio: ratio,
    minPerImage: z.number().nonnegative().optional(),
    maxPerImage: z.number().nonnegative().optional(),
    minConfidence: ratio,
    maxCutRatio: ratio,
    /** In standard deviations of the reference. */
    minWasserstein: z.number().nonnegative().default(0.1),
    minJensenShannon: z.number().min(0).max(1).default(0.1),
    suspectPValue: probability.default(0.05),
    confirmations: z.int().min(1).max(100).default(2),
    warnPValue: probability.default(0.00001),
    criticalPValue: probability.default(1e-6),
  })
  .refine(({ window, minRows }) => !('count' in window) || window.count >= minRows, {
    path: ['window'],
    message: 'a window holds minRows at least',
  });

export type DetectionsSettings = z.output<typeof detectionsSettings>;

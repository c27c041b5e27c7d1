// What can be set of detections, and what an ordinary detector needs none of.
import { z } from 'zod';
import { decisionSettings, holdsMinRows, HOLDS_MIN_ROWS } from '../statistics/drift/decision-settings.js';
import { windowSchema } from '../window.js';

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
    ...decisionSettings,
  })
  .refine(holdsMinRows, HOLDS_MIN_ROWS);

export type DetectionsSettings = z.output<typeof detectionsSettings>;

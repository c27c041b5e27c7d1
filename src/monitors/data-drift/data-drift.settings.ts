// What can be set of data-drift, and what an ordinary model needs none of.
import { z } from 'zod';
import {
  decisionSettings,
  holdsMinRows,
  HOLDS_MIN_ROWS,
  probability,
} from '../statistics/drift/decision-settings.js';
import { DRIFT_METHODS } from '../statistics/drift/drift-rule.js';
import { driftThresholdsSchema } from '../statistics/drift/drift-thresholds.js';
import { windowSchema } from '../window.js';

const method = z.enum(DRIFT_METHODS);
/** Every p-value is an adjusted one. */
export const dataDriftSettings = z
  .strictObject({
    /** Windows follow each other without overlap; `{ count }` rows each, or those of `{ seconds }`. */
    window: windowSchema.default({ count: 1000 }),
    /** A window of rows is judged after so long whatever it holds, if that is `minRows`. */
    maxSeconds: z.number().positive().max(86_400).default(300),
    minRows: z.int().min(5).default(30),
    method: method.default('auto'),
    /** By feature, where one needs another. */
    methods: z.record(z.string(), method).default({}),
    /** In standard deviations of the reference. */
    minWasserstein: z.number().nonnegative().default(0.1),
    minJensenShannon: z.number().min(0).max(1).default(0.1),
    /** By method, for those without a setting above. */
    thresholds: driftThresholdsSchema,
    ...decisionSettings,
    datasetDriftShare: probability.default(0.3),
  })
  .refine(holdsMinRows, HOLDS_MIN_ROWS);

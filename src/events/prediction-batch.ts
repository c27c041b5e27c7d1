// The contract of a prediction stream: one entry carries one executed batch, columns instead of rows.
import { z } from 'zod';
import { detectionSchema, pictureSchema } from './picture.js';

/** One value of one feature; null where it is missing. */
export const cellSchema = z.union([z.number(), z.string(), z.boolean(), z.null()]);

/** What a row's features gave cause to say, though it was served. */
export const warningSchema = z.object({
  code: z.enum(['OUT_OF_RANGE', 'UNSEEN_CATEGORY', 'MISSING_VALUE']),
  feature: z.string(),
  message: z.string(),
});

/** What came with one row besides its features; all of it is stored with the prediction. */
export const rowRequestSchema = z.object({
  requestId: z.string().optional(),
  /** Already pseudonymised. */
  subject: z.string().optional(),
  metadata: z.record(z.string(), z.unknown()).optional(),
  /** Ties log lines of every room to one HTTP request. */
  traceId: z.string().optional(),
  warnings: z.array(warningSchema).optional(),
  /** Bounds of this request in place of those of the manifest; only for pictures. */
  thresholds: z.object({ confidence: z.number().optional(), iou: z.number().optional() }).optional(),
});

/** Why one row failed: a code of the catalogue and a sentence for the client. */
export const rowErrorSchema = z.object({ code: z.string(), message: z.string() });

/**
 * Every array has one element per row, in the same order; a failed row has a non-null `errors[i]` and null outputs.
 * `probabilities` is row-major, `rows * classes.length` long, NaN-free; failed rows hold zeros.
 */
export const predictionBatchSchema = z.object({
  v: z.literal(1),
  batchId: z.string(),
  model: z.string(),
  version: z.int(),
  /** When the batch was executed, epoch ms by the worker's clock. */
  at: z.number(),
  ids: z.array(z.string()).min(1),
  receivedAt: z.array(z.number()),
  requests: z.array(rowRequestSchema),
  features: z.record(z.string(), z.array(cellSchema)),
  outputs: z.object({
    label: z.array(z.string().nullable()).optional(),
    confidence: z.array(z.number().nullable()).optional(),
    value: z.array(z.number().nullable()).optional(),
    probabilities: z.object({ classes: z.array(z.string()), values: z.array(z.number()) }).optional(),
    /** Best first. */
    detections: z.array(z.array(detectionSchema).nullable()).optional(),
  }),
  /** Only of models of pictures; null where the picture could not be read. */
  pictures: z.array(pictureSchema.nullable()).optional(),
  errors: z.array(rowErrorSchema.nullable()),
  timings: z.object({ queueMs: z.array(z.number()), computeMs: z.number() }),
});

export type PredictionBatch = z.infer<typeof predictionBatchSchema>;
export type RowRequest = z.infer<typeof rowRequestSchema>;
export type RowError = z.infer<typeof rowErrorSchema>;
export type Warning = z.infer<typeof warningSchema>;
export type Cell = z.infer<typeof cellSchema>;
/** Features of several rows by column; every column has one value per row. */
export type FeatureColumns = Record<string, Cell[]>;

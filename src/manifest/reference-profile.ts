// `models/<name>/<version>/reference.json`: what normal looked like, per feature and per output, for monitors to compare with.
import { z } from 'zod';

const numericProfileSchema = z.strictObject({
  kind: z.literal('numeric'),
  count: z.int().nonnegative(),
  missing: z.int().nonnegative(),
  mean: z.number(),
  /** Population standard deviation (ddof 0). */
  std: z.number().nonnegative(),
  min: z.number(),
  max: z.number(),
  /** Inverse ECDF by linear interpolation at i / (quantiles.length - 1), i = 0 .. length - 1. */
  quantiles: z.array(z.number()).min(2),
  /** Inner edges at the deciles with open ends: `counts.length = edges.length + 1`; bin i holds edges[i-1] < x <= edges[i]. */
  histogram: z.strictObject({ edges: z.array(z.number()), counts: z.array(z.int().nonnegative()) }),
});

const categoryProfileSchema = z.strictObject({
  kind: z.literal('category'),
  count: z.int().nonnegative(),
  missing: z.int().nonnegative(),
  counts: z.record(z.string(), z.int().nonnegative()),
});

const columnProfileSchema = z.discriminatedUnion('kind', [numericProfileSchema, categoryProfileSchema]);

const ratio = z.number().min(0).max(1);
const scoreSchema = z.strictObject({ accuracy: ratio, f1Macro: ratio });

/** Straight lines between points: `x` rises, `y` does not fall, ends are kept beyond; both of the same length. */
const curveSchema = z
  .strictObject({ x: z.array(z.number()).min(1).max(64), y: z.array(ratio).min(1).max(64) })
  .refine(({ x, y }) => x.length === y.length, { message: 'x and y have the same length' })
  .refine(({ x, y }) => isRising(x) && isRising(y), { message: 'x and y never fall' });

const calibrationSchema = z.strictObject({
  /** Rows the model had not learned from, and whose true class is known. */
  rows: z.int().positive(),
  /** One class against all others: expected calibration error of its probability, and the curve that mends it if one does. */
  classes: z.record(z.string(), z.strictObject({ error: ratio, curve: curveSchema.optional() })),
  /** What is estimated of these rows without their labels, with the curves, beside what their labels say. */
  estimated: scoreSchema,
  measured: scoreSchema,
});

/** `reference.json`: how features and answers were distributed over `rows` rows of reference data. */
export const referenceProfileSchema = z
  .strictObject({
    rows: z.int().positive(),
    features: z.record(z.string(), columnProfileSchema),
    /**
     * By output: `label` (category), `confidence` (numeric), by class `probability:<class>` (numeric), `value` (numeric). Of a detector `rows` are pictures, `label`,
     * `confidence`, `box_size` (square root of the area, pixels) and `cut` (category `true`, `false`) count boxes,
     * `detections_per_image` (numeric) and `has_detection` (category `true`, `false`) count pictures. So do, because boxes of one
     * picture are alike and only pictures can be tested, `image_confidence` and `image_box_size` (numeric, means over the boxes of
     * a picture), `image_cut` and by class `image_share:<class>` (numeric, shares of the boxes of a picture); pictures without boxes
     * are missing there.
     */
    outputs: z.record(z.string(), columnProfileSchema),
    /** By quality of the picture (`brightness`, `contrast`, `saturation`, `sharpness`, `width`, `height`, `aspect`), over `rows` pictures. */
    pictures: z.record(z.string(), numericProfileSchema).optional(),
    /** How far the probabilities of a classifier can be taken at their word. */
    calibration: calibrationSchema.optional(),
  })
  .readonly();

/** A reference profile as parsed. */
export type ReferenceProfile = z.infer<typeof referenceProfileSchema>;
/** The distribution of one feature or answer. */
export type ColumnProfile = z.infer<typeof columnProfileSchema>;
/** How well calibrated a classifier is, as parsed. */
export type ReferenceCalibration = z.infer<typeof calibrationSchema>;

function isRising(values: readonly number[]): boolean {
  return values.every((value, i) => value >= (values[i - 1] ?? -Infinity));
}

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

/** `reference.json`: how features and answers were distributed over `rows` rows of reference data. */
export const referenceProfileSchema = z
  .strictObject({
    rows: z.int().positive(),
    features: z.record(z.string(), columnProfileSchema),
    /** By output: `label` (category), `confidence` (numeric), `value` (numeric). */
    outputs: z.record(z.string(), columnProfileSchema),
  })
  .readonly();

/** A reference profile as parsed. */
export type ReferenceProfile = z.infer<typeof referenceProfileSchema>;
/** The distribution of one feature or answer. */
export type ColumnProfile = z.infer<typeof columnProfileSchema>;

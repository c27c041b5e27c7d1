// `models/<name>/model.json`: what a model is called, what it takes, what it answers and how it is watched.
import { z } from 'zod';
import { detectionsSchema, imageIssues, imageSchema } from './image-spec.js';
import { SYSTEM_SUBJECT } from './system-subject.js';

const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
// Feature names become JSON keys, metric labels and column names, so they stay plain identifiers.
const FEATURE_NAME = /^[a-zA-Z][a-zA-Z0-9_]{0,63}$/;

const featureSchema = z
  .strictObject({
    name: z.string().regex(FEATURE_NAME),
    type: z.enum(['number', 'integer', 'category', 'boolean', 'text', 'image']),
    unit: z.string().optional(),
    min: z.number().optional(),
    max: z.number().optional(),
    categories: z.array(z.string()).min(1).optional(),
    required: z.boolean().default(true),
    /** Strict features reject what others only warn about: out of range and unknown categories. */
    strict: z.boolean().default(false),
    description: z.string().optional(),
    example: z.union([z.number(), z.string(), z.boolean()]).optional(),
  })
  .refine(
    (f) => f.type !== 'category' || f.categories !== undefined,
    'a category feature lists its categories',
  )
  .refine((f) => f.min === undefined || f.max === undefined || f.min <= f.max, 'min must not exceed max');

/** One ONNX input tensor and the features that fill its columns, in order; shape `[rows, features.length]`. */
const inputSchema = z.strictObject({
  tensor: z.string().min(1),
  features: z.array(z.string()).min(1),
});

/** Which ONNX outputs answer: `probabilities` is `[rows, classes.length]`, `value` is `[rows]` or `[rows, 1]`. */
const outputsSchema = z.strictObject({
  probabilities: z.string().optional(),
  value: z.string().optional(),
  detections: detectionsSchema.optional(),
});

/** A finding that was so bad for so long that the model should be trained anew; any key of the monitor where none is named. */
const retrainingRuleSchema = z.strictObject({
  monitor: z.string().min(1),
  key: z.string().min(1).optional(),
  severity: z.enum(['warning', 'critical']).default('critical'),
  forMs: z.int().nonnegative().default(3_600_000),
});

/** Each rule is an alert of its own, named by its monitor and key; of two with one name the last would hide the first. */
const retrainingSchema = z
  .array(retrainingRuleSchema)
  .min(1)
  .max(20)
  .superRefine((rules, ctx) => {
    for (const [index, { monitor, key }] of rules.entries()) {
      const first = rules.findIndex((rule) => rule.monitor === monitor && rule.key === key);
      if (first === index) continue;
      const what = `monitor "${monitor}" ${key === undefined ? 'without a key' : `and key "${key}"`}`;
      ctx.addIssue({
        code: 'custom',
        path: [index],
        message: `retraining[${first}] is a rule for ${what} already`,
      });
    }
  });

/** How sessions of this model are made; what is unset is ONNX Runtime's default or, for threads, this process's. */
const inferenceSchema = z.strictObject({
  /** Session threads of a worker that may hold this model; all that are there for such models when unset. */
  threads: z.int().min(1).max(64).optional(),
  /** Threads that share the work of one operator; the cores divided by those threads when unset. */
  intraOpNumThreads: z.int().min(1).max(256).optional(),
  /** Operators that run side by side, with `executionMode` parallel; 1 when unset. */
  interOpNumThreads: z.int().min(1).max(256).optional(),
  graphOptimizationLevel: z.enum(['disabled', 'basic', 'extended', 'layout', 'all']).optional(),
  executionMode: z.enum(['sequential', 'parallel']).optional(),
  enableCpuMemArena: z.boolean().optional(),
  enableMemPattern: z.boolean().optional(),
  /** Batch sizes a session runs before it counts as ready; 1, 8 and `maxBatchRows` when unset. */
  warmUpRows: z.array(z.int().min(1)).min(1).max(16).optional(),
  /** Memory a session is counted with, where what is measured at its load is not the truth; MiB. */
  memoryMb: z.number().positive().optional(),
});

/**
 * The whole file, defaults filled in. Settings of monitors and alerts are checked where the monitors are known, when a
 * monitor process starts.
 */
export const modelManifestSchema = z
  .strictObject({
    name: z
      .string()
      .regex(NAME)
      .refine(
        (name) => name !== SYSTEM_SUBJECT,
        `"${SYSTEM_SUBJECT}" is the name under which Vigie watches itself`,
      ),
    title: z.string().min(1),
    description: z.string().optional(),
    task: z.enum(['classification', 'regression', 'detection']),
    features: z.array(featureSchema).min(1),
    classes: z.array(z.string()).default([]),
    inputs: z.array(inputSchema).min(1),
    outputs: outputsSchema,
    /** How pictures become tensors and boxes become answers; only for a model whose feature is a picture. */
    image: imageSchema.optional(),
    /** The version that serves requests without one; the highest when unset. */
    production: z.int().positive().optional(),
    device: z.enum(['cpu', 'gpu', 'any']).default('any'),
    /** Rows or tiles of one call; unset, as many rows as one request may have, or 8 tiles, since a tile takes megabytes. */
    maxBatchRows: z.int().min(1).max(10_000).optional(),
    inference: inferenceSchema.default({}),
    /** How many answers each API process keeps and gives again; only for a model that always answers the same. */
    answerCache: z
      .union([z.literal(false), z.strictObject({ entries: z.int().min(1).max(1_000_000) })])
      .default(false),
    /** Per monitor: `false` switches it off, an object overrides its settings. */
    monitors: z
      .record(z.string(), z.union([z.literal(false), z.record(z.string(), z.unknown())]))
      .default({}),
    /** Per monitor: settings of its alert policy, such as `forMs`, over the defaults. */
    alerts: z.record(z.string(), z.record(z.string(), z.unknown())).default({}),
    /** When the alert `retraining-needed` is raised, with what speaks for it. */
    retraining: retrainingSchema.optional(),
  })
  .superRefine((manifest, ctx) => {
    const names = manifest.features.map((f) => f.name);
    const mapped = manifest.inputs.flatMap((i) => i.features);
    for (const name of new Set(names)) {
      if (names.filter((n) => n === name).length > 1)
        ctx.addIssue({ code: 'custom', path: ['features'], message: `feature "${name}" is listed twice` });
      if (mapped.filter((n) => n === name).length !== 1)
        ctx.addIssue({
          code: 'custom',
          path: ['inputs'],
          message: `feature "${name}" must fill exactly one tensor column`,
        });
    }
    for (const name of mapped) {
      if (!names.includes(name))
        ctx.addIssue({
          code: 'custom',
          path: ['inputs'],
          message: `"${name}" is not a feature of this model`,
        });
    }
    if (
      manifest.task === 'classification' &&
      (manifest.classes.length < 2 || manifest.outputs.probabilities === undefined)
    )
      ctx.addIssue({
        code: 'custom',
        path: ['classes'],
        message: 'a classifier names at least two classes and its probabilities output',
      });
    if (manifest.task === 'regression' && manifest.outputs.value === undefined)
      ctx.addIssue({
        code: 'custom',
        path: ['outputs'],
        message: 'a regression model names its value output',
      });
    for (const issue of imageIssues(manifest)) ctx.addIssue({ code: 'custom', ...issue });
    const { warmUpRows = [], interOpNumThreads = 1, executionMode } = manifest.inference;
    const maxBatchRows = maxBatchRowsOf(manifest);
    if (warmUpRows.some((rows) => rows > maxBatchRows))
      ctx.addIssue({
        code: 'custom',
        path: ['inference', 'warmUpRows'],
        message: `no batch has more rows than maxBatchRows, ${maxBatchRows}`,
      });
    if (interOpNumThreads > 1 && executionMode !== 'parallel')
      ctx.addIssue({
        code: 'custom',
        path: ['inference', 'interOpNumThreads'],
        message: 'operators run side by side only with executionMode "parallel"',
      });
  })
  .transform((manifest) => ({ ...manifest, maxBatchRows: maxBatchRowsOf(manifest) }))
  .readonly();

function maxBatchRowsOf({
  maxBatchRows,
  image,
}: {
  maxBatchRows?: number | undefined;
  image?: object | undefined;
}) {
  return maxBatchRows ?? (image === undefined ? 1000 : 8);
}

/** A manifest as parsed, every default filled in. */
export type ModelManifest = z.infer<typeof modelManifestSchema>;
/** One feature a model takes. */
export type FeatureSpec = ModelManifest['features'][number];
/** What a model answers: a class, a number or boxes. */
export type Task = ModelManifest['task'];

// What the outside may say beyond GraphQL's types: sizes, ranges and names, checked before any room is asked.
import { z } from 'zod';
import { pictureText } from './picture-text.js';

const MAX_METADATA_BYTES = 4096;
const MAX_METADATA_DEPTH = 5;
const MAX_BOXES_OF_ITEM = 10_000;
const MAX_BOXES = 50_000;
/** The prediction of each is looked up with all that was found in its picture. */
const MAX_ITEMS_WITH_BOXES = 100;
/** Far beyond the side of any picture, and far below where areas lose their whole numbers. */
const MAX_PIXELS = 1e6;

/** GraphQL lets a client write null for "not given"; the rooms behind know only absence. */
function optional<T extends z.ZodType>(schema: T) {
  return schema.nullish().transform((value) => value ?? undefined);
}

const modelName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,99}$/, 'a model name is lower-case letters, digits and dashes');
const version = z.int().min(1);
const shortText = z.string().min(1).max(200);
const instant = z.date().transform((date) => date.getTime());
const cursor = z.string().min(1).max(500);
const deadlineMs = z.int().min(1).max(60_000);
/** A large picture takes as long as thousands of rows. */
const pictureDeadlineMs = z.int().min(1).max(600_000);
const ratio = z.number().min(0).max(1);

const jsonObject = z.custom<Readonly<Record<string, unknown>>>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  'must be a JSON object',
);

// `__proto__` can be no feature's name, and copied carelessly it would change the copy's prototype.
const features = jsonObject.superRefine((value, ctx) => {
  if (Object.hasOwn(value, '__proto__'))
    ctx.addIssue({ code: 'custom', path: ['__proto__'], message: 'the model has no such feature' });
});

const metadata = jsonObject.superRefine((value, ctx) => {
  const problem = metadataProblem(value);
  if (problem !== undefined) ctx.addIssue({ code: 'custom', message: problem });
});

/** Arguments of `predict` and `submitPrediction`. */
export const predictRules = z.object({
  model: modelName,
  version: optional(version),
  features,
  requestId: optional(shortText),
  subject: optional(shortText),
  metadata: optional(metadata),
  deadlineMs: optional(deadlineMs),
});

/** Arguments of `predictBatch`; what is inside an instance is judged per instance, later. */
export const predictBatchRules = z.object({
  model: modelName,
  version: optional(version),
  instances: z.array(jsonObject).min(1).max(1000),
  metadata: optional(metadata),
  deadlineMs: optional(deadlineMs),
});

/** Arguments of `predictImage`; `picture` is the id of an upload, or the bytes themselves. */
export const predictImageRules = z
  .object({
    model: modelName,
    version: optional(version),
    uploadId: optional(shortText),
    imageBase64: optional(pictureText),
    confidence: optional(ratio),
    iou: optional(ratio),
    requestId: optional(shortText),
    subject: optional(shortText),
    metadata: optional(metadata),
    deadlineMs: optional(pictureDeadlineMs),
  })
  .transform(({ uploadId, imageBase64, ...rest }, context) => {
    if (imageBase64 === undefined && uploadId !== undefined) return { ...rest, picture: uploadId };
    if (imageBase64 !== undefined && uploadId === undefined) return { ...rest, picture: imageBase64 };
    context.addIssue({ code: 'custom', message: 'give exactly one of uploadId and imageBase64' });
    return z.NEVER;
  });

/** Arguments of `createUpload`; how large an upload may be, and of which types, is for the uploads to say. */
export const createUploadRules = z.object({
  sizeBytes: z.int().min(1),
  contentType: z.string().max(100),
  sha256: optional(z.string().regex(/^[0-9a-fA-F]{64}$/, 'must be 64 hexadecimal digits')),
});

const place = z.number().min(-MAX_PIXELS).max(MAX_PIXELS);
const side = z.number().positive().max(MAX_PIXELS);
const trueBox = z.object({
  label: z.string().max(200),
  box: z.object({ x: place, y: place, width: side, height: side }),
});

/** Arguments of `submitFeedback`; whether an item fits its prediction is judged per item, later. */
export const feedbackRules = z
  .array(
    z.object({
      predictionId: shortText,
      label: optional(z.string().max(200)),
      value: optional(z.number()),
      detections: optional(z.array(trueBox).max(MAX_BOXES_OF_ITEM)),
    }),
  )
  .min(1)
  .max(1000)
  .superRefine((items, ctx) => {
    const withBoxes = items.filter(({ detections }) => detections !== undefined);
    if (withBoxes.length > MAX_ITEMS_WITH_BOXES)
      ctx.addIssue({ code: 'custom', message: `at most ${MAX_ITEMS_WITH_BOXES} items with detections` });
    if (withBoxes.reduce((sum, { detections = [] }) => sum + detections.length, 0) > MAX_BOXES)
      ctx.addIssue({ code: 'custom', message: `at most ${MAX_BOXES} detections in all` });
  });

/** Arguments of every list that comes in pages. */
export const pageRules = z.object({ first: z.int().min(1).max(500), after: optional(cursor) });

export const idRule = shortText;

export const acknowledgementRules = z.object({ id: shortText, comment: optional(z.string().max(1000)) });

/** Arguments of `silenceAlerts`; one that names nothing would silence everything, which nobody means. */
export const silenceRules = z
  .object({
    model: optional(modelName),
    monitor: optional(shortText),
    key: optional(shortText),
    until: instant,
    comment: z.string().min(1).max(1000),
  })
  .refine(({ model, monitor, key }) => model !== undefined || monitor !== undefined || key !== undefined, {
    message: 'must name a model, a monitor or a key',
  });

const statuses = z.enum(['queued', 'running', 'completed', 'failed']);

export const predictionFilterRules = z
  .object({
    model: optional(modelName),
    version: optional(version),
    label: optional(z.string().max(200)),
    status: optional(statuses),
    from: optional(instant),
    to: optional(instant),
    minConfidence: optional(ratio),
    maxConfidence: optional(ratio),
    hasFeedback: optional(z.boolean()),
  })
  .refine(inOrder, { path: ['to'], message: 'must not be before `from`' });

const severity = z.enum(['warning', 'critical']);
const names = z.array(shortText).max(100);

export const alertFilterRules = z
  .object({
    model: optional(modelName),
    monitor: optional(shortText),
    state: optional(z.array(z.enum(['pending', 'firing', 'acknowledged', 'resolved'])).max(20)),
    minSeverity: optional(severity),
    from: optional(instant),
    to: optional(instant),
  })
  .refine(inOrder, { path: ['to'], message: 'must not be before `from`' });

export const metricFilterRules = z
  .object({
    model: modelName,
    version: optional(version),
    names: optional(names),
    from: optional(instant),
    to: optional(instant),
    stepSeconds: optional(z.int().min(1).max(86_400)),
  })
  .refine(inOrder, { path: ['to'], message: 'must not be before `from`' });

export const livePredictionRules = z.object({ model: optional(modelName), id: optional(shortText) });
export const liveProgressRules = z.object({ id: shortText });
export const liveMetricRules = z.object({ model: optional(modelName), names: optional(names) });
export const liveAlertRules = z.object({ model: optional(modelName), minSeverity: optional(severity) });

function inOrder({ from, to }: { from?: number | undefined; to?: number | undefined }): boolean {
  return from === undefined || to === undefined || from <= to;
}

function metadataProblem(value: unknown): string | undefined {
  // Depth first: serialising something very deep would exhaust the stack.
  if (!isShallow(value, MAX_METADATA_DEPTH)) return `at most ${MAX_METADATA_DEPTH} levels, plain keys`;
  if (Buffer.byteLength(JSON.stringify(value)) > MAX_METADATA_BYTES)
    return `at most ${MAX_METADATA_BYTES} bytes as JSON`;
  return undefined;
}

function isShallow(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (levels === 0 || Object.hasOwn(value, '__proto__')) return false;
  return Object.values(value).every((child) => isShallow(child, levels - 1));
}

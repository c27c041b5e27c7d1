// The parts of `model.json` that only models of pictures have: how a picture becomes tensors, and which outputs are boxes.
import { z } from 'zod';

const tensor = z.string().min(1);

/**
 * Which outputs hold boxes, and how, with `C = classes.length` and `A` boxes a tile, whatever number that is:
 * - `yolov8` (Ultralytics YOLOv8 and newer): one tensor `[rows, 4 + C, A]`, centre x, centre y, width, height and a score for each class;
 * - `yolov5` (also YOLOv7): one tensor `[rows, A, 5 + C]`, the same with an objectness that multiplies the class scores;
 * - `triplets` (torchvision, DETR and others that end in a selection): `boxes` `[rows, A, 4]`, `scores` `[rows, A]`, `labels` `[rows, A]`.
 */
export const detectionsSchema = z.discriminatedUnion('layout', [
  z.strictObject({
    layout: z.literal('yolov8'),
    tensor,
    units: z.enum(['pixels', 'fraction']).default('pixels'),
  }),
  z.strictObject({
    layout: z.literal('yolov5'),
    tensor,
    units: z.enum(['pixels', 'fraction']).default('pixels'),
  }),
  z.strictObject({
    layout: z.literal('triplets'),
    boxes: tensor,
    scores: tensor,
    labels: tensor,
    /** Order of the four numbers: corners, corners with y first, centre and size, or corner and size. */
    format: z.enum(['xyxy', 'yxyx', 'cxcywh', 'xywh']).default('xyxy'),
    units: z.enum(['pixels', 'fraction']).default('pixels'),
    /** The label that stands for the first of `classes`: torchvision and TensorFlow keep 0 for the background. */
    firstLabel: z.int().min(0).max(1000).default(0),
  }),
]);

const triple = z.array(z.number()).length(3);
const side = z.int().min(8).max(8192);

/** How pictures reach the model's only input, and how its boxes are chosen. */
export const imageSchema = z.strictObject({
  /**
   * `tiles`: cut at the model's input size, so that any picture is seen at its own scale; `letterbox`: shrunk as a whole, sides
   * padded; `stretch`: made to fit, proportions lost; `crop`: shrunk until the shorter side fits, the middle taken.
   */
  fit: z.enum(['tiles', 'letterbox', 'stretch', 'crop']),
  /** Input size in pixels, where the ONNX file leaves it free. */
  width: side.optional(),
  height: side.optional(),
  /** Order of the input's axes. */
  layout: z.enum(['nchw', 'nhwc']).default('nchw'),
  channels: z.enum(['rgb', 'bgr']).default('rgb'),
  /** A channel value `v` of 0 to 255 reaches the model as `(v * scale - mean) / std`. */
  scale: z
    .number()
    .positive()
    .default(1 / 255),
  mean: triple.default([0, 0, 0]),
  std: triple.default([1, 1, 1]),
  /** `crop` shrinks to this many times the input size first, as 256 / 224 for many classifiers. */
  cropFrom: z.number().min(1).max(4).default(1),
  /** `softmax` where a classifier of whole pictures answers logits. */
  activation: z.enum(['none', 'softmax']).default('none'),
  /** Neighbouring tiles share this part of their side. */
  overlap: z.number().min(0).max(0.75).default(0.2),
  /** Boxes that the model is less sure of are dropped; a request may ask for another bound. */
  confidence: z.number().min(0).max(1).default(0.25),
  /** Boxes of one class that overlap more are one, by the measure of `merge`; a request may ask for another bound. */
  iou: z.number().min(0).max(1).default(0.5),
  /** `nmm`: joined by intersection over the smaller box; `nms`: the best one kept by intersection over union; `none`: all kept. */
  merge: z.enum(['nmm', 'nms', 'none']).default('nmm'),
  /** Only boxes of the same class are joined or suppressed, unless this is false. */
  mergePerClass: z.boolean().default(true),
  /** The best so many of a picture are kept. */
  maxDetections: z.int().min(1).max(100_000).default(30_000),
  /** What is kept of a picture after its prediction is made, for as long as the prediction. */
  keep: z.enum(['nothing', 'annotated', 'original']).default('annotated'),
});

export type DetectionLayout = z.infer<typeof detectionsSchema>;
export type ImageSpec = z.infer<typeof imageSchema>;

/** The model's input of one picture or tile, as the ONNX file and the manifest have it together. */
export interface PictureInput {
  readonly tensor: string;
  readonly width: number;
  readonly height: number;
  readonly type: 'float32' | 'uint8';
}

interface Parts {
  readonly task: 'classification' | 'regression' | 'detection';
  readonly features: readonly { readonly name: string; readonly type: string; readonly required: boolean }[];
  readonly classes: readonly string[];
  readonly inputs: readonly { readonly features: readonly string[] }[];
  readonly outputs: { readonly detections?: unknown };
  readonly image?: ImageSpec | undefined;
  readonly answerCache: unknown;
}

interface Issue {
  readonly path: string[];
  readonly message: string;
}

/** What does not fit together in a manifest as far as pictures go. */
export function imageIssues({
  task,
  features,
  classes,
  inputs,
  outputs,
  image,
  answerCache,
}: Parts): Issue[] {
  const issues: Issue[] = [];
  const say = (path: string[], message: string) => issues.push({ path, message });
  const pictures = features.filter(({ type }) => type === 'image');
  if (task === 'detection' && pictures.length === 0)
    say(['features'], 'a detector takes a feature of type image');
  if (pictures.length > 0 && (features.length > 1 || inputs.length > 1))
    say(['features'], 'a feature of type image is the only one of its model');
  if (pictures.some(({ required }) => !required)) say(['features'], 'a picture cannot be missing');
  if (pictures.length > 0 && image === undefined)
    say(['image'], 'a model of pictures says how they become tensors, at least "fit"');
  if (pictures.length === 0 && image !== undefined)
    say(['image'], 'no feature of this model is of type image');
  if (task === 'detection' && outputs.detections === undefined)
    say(['outputs'], 'a detector names its detections output');
  if (task === 'detection' && classes.length === 0) say(['classes'], 'a detector names its classes');
  if (task !== 'detection' && outputs.detections !== undefined)
    say(['outputs', 'detections'], `only a detector has them, and this is a ${task} model`);
  if (task !== 'detection' && image?.fit === 'tiles')
    say(['image', 'fit'], 'only a detector can be run on tiles: nothing joins the answers of others');
  if (pictures.length > 0 && answerCache !== false)
    say(['answerCache'], 'answers on pictures are not kept: each upload has an id of its own');
  if (image !== undefined && (image.width === undefined) !== (image.height === undefined))
    say(['image'], 'width and height are given together');
  return issues;
}

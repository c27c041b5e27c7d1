// Pictures a detector was asked about, what it found in them and what is there: very different scenes, as orchards are.
import type { Detection, Picture, TrueBox } from '../../src/events/picture.js';
import type { PredictionBatch } from '../../src/events/prediction-batch.js';
import { modelManifestSchema } from '../../src/manifest/model-manifest.js';
import type { ReferenceProfile } from '../../src/manifest/reference-profile.js';
import type { FeedbackBatch, MonitorSubject } from '../../src/monitors/monitor.js';
import { createDetectionProfile } from '../../src/training/detection-profile.js';
import type { Random } from '../../src/training/random.js';
import { predictionBatch } from './monitor-batches.js';

export const STAGES = ['young', 'mature', 'flowering', 'fruiting'];

/** One picture; `failed` where it could not be answered. */
export interface Scene {
  readonly detections: readonly Detection[];
  readonly truths: readonly TrueBox[];
  readonly picture: Picture;
  readonly failed?: boolean;
}

/** How scenes differ from ordinary ones. */
export interface SceneKind {
  /** How often a field is mostly of each stage, in the order of STAGES. */
  readonly stages?: readonly number[];
  /** Trees per picture are e to a normal with this mean. */
  readonly logTrees?: number;
  readonly bareShare?: number;
  readonly sureness?: number;
  readonly missShare?: number;
  readonly wrongShare?: number;
  readonly cutShare?: number;
  readonly size?: number;
  readonly brightness?: number;
  readonly sharpness?: number;
  readonly width?: number;
}

/** Season over, dusk, blur, other ground and heights: all that a monitor of pictures may watch goes wrong. */
export const ALL_WRONG: SceneKind = {
  ...{ stages: [0, 0, 0, 1], logTrees: 1, bareShare: 0.5, sureness: 0.35, missShare: 0.6, wrongShare: 0.6 },
  ...{ cutShare: 0.6, size: 20, brightness: 0.15, sharpness: 20, width: 640 },
};

const FINDS: Required<SceneKind> = {
  ...{
    stages: [1, 2, 1, 1],
    logTrees: 2.5,
    bareShare: 0.05,
    sureness: 0.75,
    missShare: 0.1,
    wrongShare: 0.1,
  },
  ...{ cutShare: 0.08, size: 45, brightness: 0.5, sharpness: 300, width: 1024 },
};

/** A field is nearly of one stage, of a size, light and sureness of its own; so boxes of one picture are much alike. */
export function drawScene(random: Random, kind: SceneKind = {}): Scene {
  const drawn = { ...FINDS, ...kind };
  const stage = random.choice(STAGES, drawn.stages);
  const trees = random.chance(drawn.bareShare)
    ? 0
    : Math.min(60, Math.round(Math.exp(random.normal(drawn.logTrees, 0.8))));
  const size = drawn.size * Math.exp(random.normal(0, 0.25));
  const sureness = Math.min(0.95, Math.max(0.3, random.normal(drawn.sureness, 0.08)));
  const cutShare = drawn.cutShare * random.uniform(0, 2);
  const truths = Array.from({ length: trees }, (_, i): TrueBox => {
    const label = random.chance(0.9) ? stage : random.choice(STAGES);
    const side = size * random.uniform(0.8, 1.2);
    return { label, box: { x: 110 * (i % 8), y: 110 * Math.floor(i / 8), width: side, height: side } };
  });
  const find = ({ label, box }: TrueBox): Detection[] =>
    random.chance(drawn.missShare)
      ? []
      : [
          {
            label: random.chance(drawn.wrongShare) ? random.choice(STAGES) : label,
            confidence: Math.min(0.99, Math.max(0.25, random.normal(sureness, 0.1))),
            box: { ...box, x: box.x + random.normal(0, 1) },
            ...(random.chance(cutShare) && { cut: true }),
          },
        ];
  const light = drawn.brightness * random.uniform(0.8, 1.2);
  return {
    truths,
    detections: truths.flatMap(find).sort((a, b) => b.confidence - a.confidence),
    picture: {
      ...{
        width: drawn.width,
        height: 768,
        format: 'jpeg',
        sizeBytes: 200_000,
        sha256: 'a'.repeat(64),
        tiles: 4,
      },
      ...{ brightness: light, contrast: light * 0.4, saturation: random.uniform(0.2, 0.5) },
      sharpness: drawn.sharpness * Math.exp(random.normal(0, 0.4)),
    },
  };
}

/** So many scenes of one kind. */
export function drawScenes(random: Random, count: number, kind: SceneKind = {}): Scene[] {
  return Array.from({ length: count }, () => drawScene(random, kind));
}

/** A batch of pictures as a worker would append it, executed at `at` (epoch ms). */
export function detectionBatch(at: number, scenes: readonly Scene[]): PredictionBatch {
  const failed = scenes.map((scene) => scene.failed === true);
  const batch = predictionBatch(
    at,
    scenes.map((scene) => ({ failed: scene.failed === true })),
    { model: 'orchard' },
  );
  return {
    ...batch,
    features: { image: scenes.map((_, i) => `upload-${at}-${i}`) },
    outputs: {
      detections: scenes.map(({ detections }, i) => (failed[i] === true ? null : [...detections])),
    },
    pictures: scenes.map(({ picture }) => picture),
  };
}

/** The truth about every picture of a batch that was answered, as it was when it was made. */
export function truthOf(batch: PredictionBatch, scenes: readonly Scene[]): FeedbackBatch {
  return {
    ...{ v: 1, model: 'orchard', receivedAt: batch.at },
    items: scenes.flatMap(({ detections, truths, failed }, i) =>
      failed === true
        ? []
        : [
            {
              ...{ id: `f-${batch.at}-${i}`, predictionId: batch.ids[i] ?? '', version: 1 },
              predictedAt: batch.at,
              predicted: { detections: [...detections] },
              truth: { detections: [...truths] },
            },
          ],
    ),
  };
}

/** A detector of four stages; `reference` scenes are what it knows as normal. */
export function detectorSubject({
  reference,
  monitors = {},
  evaluation,
}: {
  reference?: readonly Scene[];
  monitors?: Readonly<Record<string, false | Record<string, unknown>>>;
  evaluation?: Readonly<Record<string, number>>;
} = {}): MonitorSubject {
  const manifest = modelManifestSchema.parse({
    ...{ name: 'orchard', title: 'Orchard', task: 'detection', classes: STAGES, monitors },
    features: [{ name: 'image', type: 'image' }],
    inputs: [{ tensor: 'images', features: ['image'] }],
    outputs: { detections: { layout: 'yolov8', tensor: 'output0' } },
    image: { fit: 'tiles' },
  });
  const profile: ReferenceProfile | undefined =
    reference === undefined ? undefined : createDetectionProfile(STAGES, reference);
  return { manifest, version: 1, reference: profile, evaluation };
}

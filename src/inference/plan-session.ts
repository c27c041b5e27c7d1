// Works out, once per model version, all that its calls have in common: columns, output, options, warm-up.
import type { Cell } from '../events/prediction-batch.js';
import type { ImageSpec, PictureInput } from '../manifest/image-spec.js';
import type { FeatureSpec, ModelManifest } from '../manifest/model-manifest.js';
import type { InferenceModel } from './inference.js';
import { coresOf, type SessionThreads } from './session-threads.js';
import type { ColumnsPlan, InputPlan, PicturesPlan, SessionPlan } from './thread-protocol.js';

const WARM_UP_ROWS = [1, 8];
const MIB = 1024 * 1024;

/** The name a model version has in logs, metrics and answers. */
export function keyOf({ manifest, version }: InferenceModel): string {
  return `${manifest.name}@${version}`;
}

/** Throws for tasks and feature types that cannot be run on feature columns, and for a model of pictures without its input. */
export function planSession(model: InferenceModel, threads: SessionThreads): SessionPlan {
  const { manifest, onnxPath, sha256, picture } = model;
  const { memoryMb, warmUpRows, ...options } = manifest.inference;
  const usual = manifest.image === undefined ? WARM_UP_ROWS : [1];
  const rows = warmUpRows ?? [...usual, manifest.maxBatchRows];
  const session = {
    key: keyOf(model),
    onnxPath,
    sha256,
    device: manifest.device,
    warmUpRows: [...new Set(rows)].filter((n) => n <= manifest.maxBatchRows).sort((a, b) => a - b),
    options: { ...options, intraOpNumThreads: coresOf(manifest, threads) },
    memoryBytes: memoryMb === undefined ? undefined : memoryMb * MIB,
  };
  if (manifest.image !== undefined) return { ...session, ...planPictures(manifest, manifest.image, picture) };
  return {
    ...session,
    kind: 'columns',
    inputs: manifest.inputs.map((input) => planInput(manifest, input)),
    output: planOutput(manifest),
  };
}

function planPictures(
  { name, outputs }: ModelManifest,
  { layout }: ImageSpec,
  input: PictureInput | undefined,
): Pick<PicturesPlan, 'kind' | 'input' | 'outputs'> {
  if (input === undefined) throw new Error(`the size of the pictures that ${name} takes is not known`);
  const { tensor, width, height, type } = input;
  const shape = layout === 'nchw' ? [3, height, width] : [height, width, 3];
  return { kind: 'pictures', input: { tensor, shape, type }, outputs: pictureOutputs(outputs) };
}

/** In the order in which they are read. */
function pictureOutputs({ detections, probabilities, value }: ModelManifest['outputs']): string[] {
  switch (detections?.layout) {
    case 'yolov8':
    case 'yolov5':
      return [detections.tensor];
    case 'triplets':
      return [detections.boxes, detections.scores, detections.labels];
    case undefined:
      return [probabilities ?? value ?? ''];
  }
}

function planInput(manifest: ModelManifest, input: ModelManifest['inputs'][number]): InputPlan {
  const features = input.features.map((name) => featureOf(manifest, name));
  const [kind, ...others] = new Set(features.map(kindOf));
  if (kind === undefined || others.length > 0)
    throw new Error(`tensor "${input.tensor}" cannot hold both numbers and strings`);
  const columns = features.map((f) => ({ feature: f.name, required: f.required, sample: sampleCell(f) }));
  return { tensor: input.tensor, kind, columns };
}

function planOutput({ task, classes, outputs }: ModelManifest): ColumnsPlan['output'] {
  const { probabilities, value } = outputs;
  if (task === 'classification' && probabilities !== undefined)
    return { tensor: probabilities, columns: classes.length, classes };
  if (task === 'regression' && value !== undefined) return { tensor: value, columns: 1, classes: [] };
  throw new Error(`models of task ${task} cannot be run on feature columns`);
}

function featureOf(manifest: ModelManifest, name: string): FeatureSpec {
  const feature = manifest.features.find((f) => f.name === name);
  if (feature === undefined) throw new Error(`"${name}" is not a feature of ${manifest.name}`);
  return feature;
}

function kindOf(feature: FeatureSpec): InputPlan['kind'] {
  switch (feature.type) {
    case 'number':
    case 'integer':
    case 'boolean':
      return 'numbers';
    case 'category':
    case 'text':
      return 'strings';
    case 'image':
      throw new Error(`feature "${feature.name}" is an image, which cannot fill a tensor column`);
  }
}

/** The example, else the middle of the range, the first category or zero. */
function sampleCell(feature: FeatureSpec): Cell {
  if (feature.example !== undefined) return feature.example;
  switch (feature.type) {
    case 'number':
    case 'integer': {
      const middle = ((feature.min ?? feature.max ?? 0) + (feature.max ?? feature.min ?? 0)) / 2;
      return feature.type === 'integer' ? Math.round(middle) : middle;
    }
    case 'boolean':
      return false;
    case 'category':
      return feature.categories?.[0] ?? '';
    case 'text':
    case 'image':
      return '';
  }
}

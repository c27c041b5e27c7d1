// Models of a folder with an ONNX session each, run in the process that asks: what both baselines share.
import { readdir, readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { modelManifestSchema, type ModelManifest } from '../../src/manifest/model-manifest.js';

export interface OnnxModel {
  readonly manifest: ModelManifest;
  readonly version: number;
  /** Rows in the order of the manifest's features; answers `rows x classes`, row by row. */
  readonly run: (rows: Float32Array, count: number) => Promise<Float32Array>;
}

/** The highest version of every model. Throws for models with more than one input, or other answers than probabilities. */
export async function openModels(modelsDir: string): Promise<OnnxModel[]> {
  const models: OnnxModel[] = [];
  for (const name of await readdir(modelsDir)) {
    const folder = join(modelsDir, name);
    const json: unknown = JSON.parse(await readFile(join(folder, 'model.json'), 'utf8'));
    const version = Math.max(...(await readdir(folder)).map(Number).filter(Number.isInteger));
    models.push(await openModel(modelManifestSchema.parse(json), version, folder));
  }
  return models;
}

async function openModel(manifest: ModelManifest, version: number, folder: string): Promise<OnnxModel> {
  const [input, ...more] = manifest.inputs;
  const output = manifest.outputs.probabilities;
  if (input === undefined || more.length > 0 || output === undefined)
    throw new Error(`${manifest.name} is not a model the baselines can run`);
  const width = manifest.features.length;
  // All cores: it is the only one.
  const threads = { intraOpNumThreads: availableParallelism(), interOpNumThreads: 1 };
  const session = await InferenceSession.create(join(folder, String(version), 'model.onnx'), threads);
  return {
    manifest,
    version,
    run: async (rows, count) => {
      const outputs = await session.run({ [input.tensor]: new Tensor('float32', rows, [count, width]) });
      const data = outputs[output]?.data;
      if (!(data instanceof Float32Array)) throw new Error(`${manifest.name} gives no ${output}`);
      return data;
    },
  };
}

/** The class of the highest probability of one row, and what it was. */
export function bestOf(classes: readonly string[], probabilities: Float32Array, row: number) {
  let best = 0;
  const at = row * classes.length;
  for (let i = 1; i < classes.length; i += 1) {
    if ((probabilities[at + i] ?? 0) > (probabilities[at + best] ?? 0)) best = i;
  }
  return { label: classes[best] ?? '', confidence: probabilities[at + best] ?? 0 };
}

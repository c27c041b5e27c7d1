// Writes the models folder every subject serves: iris as it is shipped, and the two larger models.
import { createHash } from 'node:crypto';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { modelManifestSchema, type ModelManifest } from '../../src/manifest/model-manifest.js';
import { writeModel, type Graph } from '../../src/onnx/write-model.js';
import { createReferenceProfile } from '../../src/training/reference-profile.js';
import { drawRows, type BenchModel } from './bench-model.js';
import { cnnGraph, mlpGraph } from './graphs.js';

const ROOT = join(import.meta.dirname, '..', '..');
const REFERENCE_ROWS = 500;

/** The models in `folder`, by a short name. */
export type BenchModels = Readonly<Record<'iris' | 'mlp' | 'cnn', BenchModel>>;

export async function writeModels(folder: string): Promise<BenchModels> {
  const iris = 'iris-classifier';
  await cp(join(ROOT, 'models', iris), join(folder, iris), { recursive: true });
  const { features } = modelManifestSchema.parse(
    JSON.parse(await readFile(join(folder, iris, 'model.json'), 'utf8')),
  );
  return {
    iris: {
      name: iris,
      title: 'iris',
      features: features.map(({ name, min = 0, max = 1 }) => ({ name, min, max })),
    },
    mlp: await writeLarger(folder, 'MLP of 1.0 M weights', mlpGraph()),
    cnn: await writeLarger(folder, 'CNN of five convolutions', cnnGraph()),
  };
}

async function writeLarger(folder: string, title: string, graph: Graph): Promise<BenchModel> {
  const width = Number(graph.inputs[0]?.shape[1]);
  const names = Array.from({ length: width }, (_, i) => `x${i}`);
  const manifest: ModelManifest = modelManifestSchema.parse({
    name: graph.name,
    title,
    task: 'classification',
    features: names.map((name) => ({ name, type: 'number', min: -1, max: 1 })),
    classes: Array.from({ length: Number(graph.outputs[0]?.shape[1]) }, (_, i) => `class${i}`),
    inputs: [{ tensor: 'features', features: names }],
    outputs: { probabilities: 'probabilities' },
  });
  const model = { name: graph.name, title, features: names.map((name) => ({ name, min: -1, max: 1 })) };
  const bytes = writeModel(graph);
  const version = join(folder, graph.name, '1');
  await mkdir(version, { recursive: true });
  await writeFile(join(version, 'model.onnx'), bytes);
  const facts = {
    createdAt: '2026-01-05T00:00:00.000Z',
    sha256: createHash('sha256').update(bytes).digest('hex'),
    metrics: {},
    training: { algorithm: 'none: random weights' },
  };
  await writeFile(join(version, 'version.json'), JSON.stringify(facts));
  await writeFile(join(version, 'reference.json'), JSON.stringify(await profile(model, manifest, bytes)));
  const { name, task, classes, inputs, outputs } = manifest;
  const features = manifest.features.map(({ name, type, min, max }) => ({ name, type, min, max }));
  // Only what every version of the manifest knows, so that older checkouts can serve the same folder.
  const json = { name, title, task, features, classes, inputs, outputs };
  await writeFile(join(folder, name, 'model.json'), JSON.stringify(json));
  return model;
}

async function profile(model: BenchModel, { features, classes }: ModelManifest, bytes: Uint8Array) {
  const rows = drawRows(model, REFERENCE_ROWS, 1);
  const session = await InferenceSession.create(bytes);
  const values = Float32Array.from(rows.flatMap((row) => Object.values(row)));
  const { probabilities } = await session.run({
    features: new Tensor('float32', values, [rows.length, features.length]),
  });
  await session.release();
  const all = Array.from(probabilities?.data ?? [], Number);
  const confidences = rows.map((_, i) =>
    Math.max(...all.slice(i * classes.length, (i + 1) * classes.length)),
  );
  return createReferenceProfile(
    features,
    classes,
    rows.map((row) => ({ features: row, truth: '' })),
    {
      confidences,
      labels: confidences.map(
        (c, i) => classes[all.indexOf(c, i * classes.length) - i * classes.length] ?? '',
      ),
    },
  );
}

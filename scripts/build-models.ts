// Builds every model under models/ and prints how good each is: `npm run models:build`.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildModel as buildVentilation } from '../models/air-quality-ventilation/build.js';
import { buildModel as buildIris } from '../models/iris-classifier/build.js';
import { modelManifestSchema, type ModelManifest } from '../src/manifest/model-manifest.js';
import type { ClassifierVersion } from '../src/training/classifier-version.js';

const MODELS = join(import.meta.dirname, '..', 'models');

async function build(
  name: string,
  buildModel: (manifest: ModelManifest) => ClassifierVersion,
): Promise<void> {
  const manifest = modelManifestSchema.parse(
    JSON.parse(await readFile(join(MODELS, name, 'model.json'), 'utf8')),
  );
  const startedAt = performance.now();
  const { files, evaluation } = buildModel(manifest);
  const seconds = (performance.now() - startedAt) / 1000;
  const folder = join(MODELS, name, '1');
  await mkdir(folder, { recursive: true });
  for (const [file, bytes] of files) await writeFile(join(folder, file), bytes);

  console.log(
    `${name}: held-out rows ${evaluation.rows}, accuracy ${evaluation.accuracy.toFixed(4)}, macro F1 ${evaluation.f1Macro.toFixed(4)} (${seconds.toFixed(1)} s)`,
  );
  console.table(evaluation.classes);
}

await build('iris-classifier', buildIris);
await build('air-quality-ventilation', buildVentilation);

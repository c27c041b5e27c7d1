// Builds every model under models/ that has a build.ts, and prints how good each is: `npm run models:build`.
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { modelManifestSchema, type ModelManifest } from '../src/manifest/model-manifest.js';
import type { ClassifierVersion } from '../src/training/classifier-version.js';

/** What a model's build.ts exports: the version it makes, and how; the same bytes every time. */
interface ModelBuild {
  readonly version: number;
  readonly buildModel: (manifest: ModelManifest) => ClassifierVersion;
}

const MODELS = join(import.meta.dirname, '..', 'models');

async function build(name: string, { version, buildModel }: ModelBuild): Promise<void> {
  const manifest = modelManifestSchema.parse(
    JSON.parse(await readFile(join(MODELS, name, 'model.json'), 'utf8')),
  );
  const startedAt = performance.now();
  const { files, evaluation } = buildModel(manifest);
  const seconds = (performance.now() - startedAt) / 1000;
  const folder = join(MODELS, name, String(version));
  await mkdir(folder, { recursive: true });
  for (const [file, bytes] of files) await writeFile(join(folder, file), bytes);

  console.log(
    `${name}@${version}: held-out rows ${evaluation.rows}, accuracy ${evaluation.accuracy.toFixed(4)}, macro F1 ${evaluation.f1Macro.toFixed(4)} (${seconds.toFixed(1)} s)`,
  );
  console.table(evaluation.classes);
}

for (const name of await readdir(MODELS)) {
  const file = join(MODELS, name, 'build.ts');
  if (existsSync(file)) await build(name, (await import(pathToFileURL(file).href)) as ModelBuild);
}

// A models folder with the iris classifier, and a second version of it that calls every flower by the next one's name.
import { cp, mkdir, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadIris, SEED, splitIris } from '../../models/iris-classifier/dataset.js';
import { modelManifestSchema } from '../../src/manifest/model-manifest.js';
import { createClassifierVersion } from '../../src/training/classifier-version.js';
import { trainLogisticRegression } from '../../src/training/logistic-regression.js';
import { fitPreprocessing, prepare } from '../../src/training/preprocessing.js';

const ROOT = join(import.meta.dirname, '..', '..');

/** Bytes by file name; built by the project's own builder, so that it is a version like any other. */
type VersionFiles = ReadonlyMap<string, Uint8Array>;

export interface IrisVersions {
  readonly modelsDir: string;
  /** The version folder with this number. */
  folder(version: number): string;
  /** Writes the files of the second version one after the other, the model in two halves, as a slow copy does. */
  copyIn(version: number): Promise<void>;
  /** The same files with a model that is cut short. */
  copyInDamaged(version: number): Promise<void>;
  /** Changes `model.json`; undefined takes a key out. */
  setManifest(changed: Readonly<Record<string, unknown>>): Promise<void>;
  remove(): Promise<void>;
}

/** Copies version 1 as it is shipped, with `changed` in its manifest. */
export async function irisVersions(changed: Readonly<Record<string, unknown>> = {}): Promise<IrisVersions> {
  const modelsDir = await mkdtemp(join(tmpdir(), 'vigie-swap-'));
  const model = join(modelsDir, 'iris-classifier');
  const folder = (version: number) => join(model, String(version));
  await cp(join(ROOT, 'models', 'iris-classifier', '1'), folder(1), { recursive: true });
  const shipped = JSON.parse(
    await readFile(join(ROOT, 'models', 'iris-classifier', 'model.json'), 'utf8'),
  ) as object;
  const setManifest = async (keys: Readonly<Record<string, unknown>>) => {
    await writeFile(join(model, 'model.json'), JSON.stringify({ ...shipped, ...changed, ...keys }));
  };
  await setManifest({});
  const files = buildSecond({ ...shipped, ...changed });
  return {
    modelsDir,
    folder,
    setManifest,
    copyIn: async (version) => {
      await mkdir(folder(version));
      for (const [name, bytes] of files) {
        const file = await open(join(folder(version), name), 'w');
        await file.write(bytes.subarray(0, bytes.length / 2));
        await file.sync();
        await file.write(bytes.subarray(bytes.length / 2));
        await file.close();
      }
    },
    copyInDamaged: async (version) => {
      await mkdir(folder(version));
      for (const [name, bytes] of files)
        await writeFile(join(folder(version), name), name === 'model.onnx' ? bytes.subarray(0, 200) : bytes);
    },
    remove: () => rm(modelsDir, { recursive: true }),
  };
}

function buildSecond(json: unknown): VersionFiles {
  const manifest = modelManifestSchema.parse(json);
  const { train, test } = splitIris();
  const inputs = fitPreprocessing(manifest, train);
  const { classes } = manifest;
  const network = trainLogisticRegression(
    train.map(({ features }) => prepare(inputs, features)),
    train.map(({ truth }) => (classes.indexOf(truth) + 1) % classes.length),
    classes.length,
    { l2: 0.001 },
  );
  const { files } = createClassifierVersion({
    manifest,
    inputs,
    network,
    reference: loadIris(),
    heldOut: test,
    createdAt: '2026-02-01T00:00:00.000Z',
    training: { seed: SEED, rows: train.length },
  });
  return files;
}

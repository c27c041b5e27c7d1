// A models folder of a test's own: the built models and what the test adds.
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Graph } from '../../src/onnx/write-model.js';
import { writeVersion } from './tiny-model.js';

const BUILT = join(import.meta.dirname, '..', '..', 'models');

export interface ModelsFolder {
  readonly dir: string;
  /** Adds version 1 of a model. */
  add(manifest: { readonly name: string }, graph: Graph): Promise<void>;
  /** Lays `changes` over the `model.json` of a model that is there. */
  change(model: string, changes: object): Promise<void>;
  remove(): Promise<void>;
}

/** Starts with the iris classifier in it. */
export async function privateModelsFolder(): Promise<ModelsFolder> {
  const dir = await mkdtemp(join(tmpdir(), 'vigie-models-'));
  await cp(join(BUILT, 'iris-classifier'), join(dir, 'iris-classifier'), { recursive: true });
  return {
    dir,
    async add(manifest, graph) {
      await writeVersion(join(dir, manifest.name, '1'), graph);
      await writeFile(join(dir, manifest.name, 'model.json'), JSON.stringify(manifest));
    },
    async change(model, changes) {
      const path = join(dir, model, 'model.json');
      const before = JSON.parse(await readFile(path, 'utf8')) as object;
      await writeFile(path, JSON.stringify({ ...before, ...changes }));
    },
    remove: () => rm(dir, { recursive: true, force: true }),
  };
}

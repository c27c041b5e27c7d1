// Finds every model under the models folder, or says everything that is wrong with them.
import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Logger } from 'pino';
import { AppError } from '../errors.js';
import { readModelFolder } from './read-model-folder.js';
import type { RegisteredModel, Registry } from './registry.js';

export interface RegistryOptions {
  /** Holds one folder per model; entries without a `model.json` are not models. */
  readonly modelsDir: string;
  readonly log: Logger;
}

/** Rejects with `ModelsError`, which lists every problem of every model, when there is any or no model at all. */
export async function loadRegistry({ modelsDir, log }: RegistryOptions): Promise<Registry> {
  const root = resolve(modelsDir);
  const problems: string[] = [];
  const models = new Map<string, RegisteredModel>();
  for (const folder of await modelFolders(root)) {
    const model = await readModelFolder(folder, (path, problem) => problems.push(`${path}: ${problem}`));
    if (model !== undefined) models.set(model.manifest.name, model);
  }
  if (problems.length > 0) throw new ModelsError(problems);
  if (models.size === 0)
    throw new ModelsError([
      `${root}: there is no model here: no folder with a model.json (build them first)`,
    ]);
  for (const { manifest, versions, production } of models.values())
    log.info(
      { room: 'registry', model: manifest.name, versions: versions.length, production: production.version },
      'model registered',
    );
  return registryOf(models);
}

/** The models folder cannot be served; `problems` has one line for each thing to mend, naming the file. */
export class ModelsError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(`The models cannot be served:\n${problems.map((p) => `  - ${p}`).join('\n')}`);
    this.name = 'ModelsError';
  }
}

async function modelFolders(root: string): Promise<string[]> {
  const entries = await readdir(root).catch((cause: unknown) => {
    throw new ModelsError([`${root}: the models folder cannot be read (${String(cause)})`]);
  });
  const folders: string[] = [];
  for (const name of entries.sort()) {
    const folder = join(root, name);
    const isModel = await stat(join(folder, 'model.json')).then(
      (found) => found.isFile(),
      () => false,
    );
    if (isModel) folders.push(folder);
  }
  return folders;
}

function registryOf(byName: ReadonlyMap<string, RegisteredModel>): Registry {
  const all = [...byName.values()];
  const find = (name: string): RegisteredModel => {
    const model = byName.get(name);
    if (model === undefined)
      throw new AppError(
        'MODEL_NOT_FOUND',
        `There is no model named "${name.slice(0, 64)}"; the models here are ${[...byName.keys()].join(', ')}.`,
      );
    return model;
  };
  return {
    models: () => all,
    model: find,
    version: (name, number) => {
      const model = find(name);
      if (number === undefined) return { model, version: model.production };
      const version = model.versions.find((v) => v.version === number);
      if (version === undefined)
        throw new AppError(
          'VERSION_NOT_FOUND',
          `Model "${name}" has no version ${number}; it has ${model.versions.map((v) => v.version).join(', ')}.`,
        );
      return { model, version };
    },
  };
}

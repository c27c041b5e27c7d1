// Finds models and versions by name and number, or says in a coded error which there are.
import { AppError } from '../errors.js';
import type { RegisteredModel, Registry } from './registry.js';

/** The face over whatever `models` holds at the moment of a call, by name. */
export function registryOver(models: () => ReadonlyMap<string, RegisteredModel>): Registry {
  const find = (name: string): RegisteredModel => {
    const model = models().get(name);
    if (model === undefined)
      throw new AppError(
        'MODEL_NOT_FOUND',
        `There is no model named "${name.slice(0, 64)}"; the models here are ${[...models().keys()].join(', ')}.`,
      );
    return model;
  };
  return {
    models: () => [...models().values()],
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

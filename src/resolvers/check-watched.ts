// Which names stand for something that is watched: the models, and Vigie itself.
import { SYSTEM_SUBJECT } from '../manifest/system-subject.js';
import type { Registry } from '../registry/registry.js';

/** Throws MODEL_NOT_FOUND for a name that is neither. */
export function checkWatched(registry: Pick<Registry, 'model'>, name: string): void {
  if (name !== SYSTEM_SUBJECT) registry.model(name);
}

// Decides which version of a model is to be in production, given what its folder says and what of it can be served.
import { join } from 'node:path';
import type { RegisteredVersion } from './registry.js';

export interface ProductionChoice {
  readonly production: RegisteredVersion;
  /** What an operator has to mend; undefined when all is well. */
  readonly problem: string | undefined;
}

/**
 * The version that `model.json` names (`wanted`), else the highest, if it was taken and its folder is `here`. The current
 * one goes on where there is no better, also from memory.
 */
export function chooseProduction({
  folder,
  wanted,
  current,
  taken,
  here,
}: {
  readonly folder: string;
  readonly wanted: number | undefined;
  readonly current: RegisteredVersion;
  readonly taken: ReadonlyMap<number, RegisteredVersion>;
  readonly here: ReadonlySet<number>;
}): ProductionChoice {
  const number = wanted ?? Math.max(current.version, ...here);
  if (number === current.version) {
    if (here.has(number)) return { production: current, problem: undefined };
    const path = join(folder, String(number));
    const problem = `${path}: the folder of the version in production is gone; it is served from memory, which a restart ends: put it back, or name another version as production`;
    return { production: current, problem };
  }
  const found = here.has(number) ? taken.get(number) : undefined;
  if (found !== undefined) return { production: found, problem: undefined };
  const others = [...here].sort((a, b) => a - b).join(', ');
  const problem = `${join(folder, 'model.json')}: production is version ${number}, which cannot be served (these can: ${others}); version ${current.version} goes on`;
  return { production: current, problem };
}

// Reads one `models/<name>/` folder and everything wrong with it.
import { basename, join } from 'node:path';
import { modelManifestSchema, type ModelManifest } from '../manifest/model-manifest.js';
import { inProduction } from './in-production.js';
import { versionNumbers } from './look-at-folder.js';
import { readJson, type Report } from './read-files.js';
import { readVersionFolder } from './read-version-folder.js';
import type { RegisteredModel, RegisteredVersion } from './registry.js';

/** A model as its folder has it: what can be served, and what is wrong with each version that cannot. */
export interface FoundModel {
  readonly model: RegisteredModel;
  readonly refused: ReadonlyMap<number, readonly string[]>;
}

/**
 * The model in `folder`, which has a `model.json`; whatever keeps it from being served is added to `problems`, each with the
 * path of its file. The version in production must be sound, and all of them where `whole` is asked for.
 */
export async function readModelFolder(
  folder: string,
  problems: string[],
  { whole }: { readonly whole: boolean },
): Promise<FoundModel | undefined> {
  const report: Report = (path, problem) => problems.push(`${path}: ${problem}`);
  const manifest = await readManifest(folder, report);
  if (manifest === undefined) return undefined;
  const numbers = await versionNumbers(folder);
  if (numbers.length === 0) report(folder, 'there is no version: no folder named 1, 2, ...');
  const named = manifest.production;
  if (named !== undefined && numbers.length > 0 && !numbers.includes(named))
    report(
      join(folder, 'model.json'),
      `production is version ${named}, the folders are ${numbers.join(', ')}`,
    );

  const versions: RegisteredVersion[] = [];
  const refused = new Map<number, readonly string[]>();
  for (const number of numbers) {
    const { version, problems: own } = await readVersionFolder(folder, manifest, number);
    if (version === undefined) refused.set(number, own);
    else versions.push(version);
  }
  const production =
    named === undefined ? versions.at(-1) : versions.find(({ version }) => version === named);
  if (production !== undefined && (refused.size === 0 || !whole))
    return { model: inProduction(manifest, versions, production), refused };
  problems.push(...[...refused.values()].flat());
  return undefined;
}

/** `model.json` of `folder`; undefined when something was reported. */
export async function readManifest(folder: string, report: Report): Promise<ModelManifest | undefined> {
  const path = join(folder, 'model.json');
  const manifest = await readJson(path, modelManifestSchema, report);
  if (manifest !== undefined && manifest.name !== basename(folder))
    report(path, `the manifest is named "${manifest.name}", its folder "${basename(folder)}"`);
  return manifest;
}

// Follows one model's folder while the process runs: takes what is whole, refuses what is not, and never drops what serves.
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Logger } from 'pino';
import type { ModelManifest } from '../manifest/model-manifest.js';
import { chooseProduction } from './choose-production.js';
import { inProduction } from './in-production.js';
import { ABSENT, lookAtFolder, type FolderMarks } from './look-at-folder.js';
import { readManifest, type FoundModel } from './read-model-folder.js';
import { readVersionFolder } from './read-version-folder.js';
import type { RegisteredModel, RegisteredVersion } from './registry.js';
import { createSettledChanges } from './settled-changes.js';

/** A model as its folder has made it so far. */
export interface FolderFollower {
  /** Another object after a look that changed anything. */
  model(): RegisteredModel;
  /** Every version taken since the start, also those whose folders are gone. */
  taken(version: number): RegisteredVersion | undefined;
  /** What keeps the folder from being served as it is: paths, each with what is wrong. */
  problems(): readonly string[];
  /** Looks once; true while a change has been seen that has not come to rest. Rejects when the folder cannot be looked at. */
  look(): Promise<boolean>;
}

const MANIFEST = 'model.json';
const PRODUCTION = 'production';
const REFUSED = 'a version is not taken';

/**
 * Goes on from `model`, read when the folder had `marks`, and from what was refused then. A version is taken when its files
 * stayed the same for `settleMs` and have no problem. It never changes afterwards, whatever becomes of the files. Of
 * `model.json` only `production` is followed.
 */
export function followFolder({
  folder,
  model: first,
  refused,
  marks,
  settleMs,
  log,
}: {
  readonly folder: string;
  readonly model: RegisteredModel;
  readonly refused: FoundModel['refused'];
  readonly marks: FolderMarks;
  readonly settleMs: number;
  readonly log: Logger;
}): FolderFollower {
  const { manifest } = first;
  const manifestPath = join(folder, MANIFEST);
  const known = [...marks.versions].map(([number, mark]): [string, string] => [String(number), mark]);
  const changes = createSettledChanges(new Map([[MANIFEST, marks.manifest], ...known]), {
    settleMs,
    now: () => performance.now(),
  });
  const taken = new Map(first.versions.map((version) => [version.version, version]));
  const here = new Set(taken.keys());
  const everSeen = new Set(marks.versions.keys());
  const problems = new Map<string, readonly string[]>();
  let wanted = manifest.production;
  let model = first;

  /** Notes what is wrong with a part, and says so once: nobody reads a line that comes every two seconds. */
  const note = (part: string, found: readonly string[], what: string) => {
    if (found.length === 0) problems.delete(part);
    else problems.set(part, found);
    if (found.length > 0) log.error({ model: manifest.name }, `${what}: ${found.join('; ')}`);
  };

  for (const [number, found] of refused) note(String(number), found, REFUSED);

  const readManifestAgain = async () => {
    const found: string[] = [];
    const fresh = await readManifest(folder, (path, problem) => found.push(`${path}: ${problem}`));
    note(MANIFEST, found, 'model.json is not followed');
    if (fresh === undefined || found.length > 0) return;
    wanted = fresh.production;
    const changed = changedKeys(manifest, fresh);
    if (changed.length > 0)
      log.warn(
        { model: manifest.name, changed },
        `${manifestPath}: only production is followed while running; ${changed.join(', ')} as of the next start`,
      );
  };

  const readVersion = async (number: number) => {
    const { version, problems: found } = await readVersionFolder(folder, manifest, number);
    const before = taken.get(number);
    const differs =
      before !== undefined &&
      version !== undefined &&
      !isDeepStrictEqual({ ...before, stage: 'none' }, version)
        ? [
            `${join(folder, String(number))}: version ${number} was taken with other files and a version never changes; put them back and give these a number of their own`,
          ]
        : [];
    note(
      String(number),
      [...found, ...differs],
      before === undefined ? REFUSED : 'a version changed on disk and goes on as it was taken',
    );
    if (version === undefined || differs.length > 0) return;
    here.add(number);
    if (before !== undefined) return;
    taken.set(number, version);
    log.info({ model: manifest.name, version: number }, 'version taken');
  };

  const remove = (number: number) => {
    problems.delete(String(number));
    if (here.delete(number))
      log.warn({ model: manifest.name, version: number }, 'the folder of a version is gone');
  };

  const offer = (): RegisteredModel => {
    const { production, problem } = chooseProduction({
      folder,
      wanted,
      current: model.production,
      taken,
      here,
    });
    const found = problem === undefined ? [] : [problem];
    if (!isDeepStrictEqual(problems.get(PRODUCTION) ?? [], found))
      note(PRODUCTION, found, 'production cannot be followed');
    return inProduction(
      manifest,
      [...here].flatMap((number) => taken.get(number) ?? []),
      production,
    );
  };

  return {
    model: () => model,
    taken: (version) => taken.get(version),
    problems: () => [...problems.values()].flat(),
    look: async () => {
      const seen = await lookAtFolder(folder);
      if (changes.settled(MANIFEST, seen.manifest)) await readManifestAgain();
      for (const number of seen.versions.keys()) everSeen.add(number);
      for (const number of everSeen) {
        const mark = seen.versions.get(number) ?? ABSENT;
        if (!changes.settled(String(number), mark)) continue;
        if (mark === ABSENT) remove(number);
        else await readVersion(number);
      }
      const next = offer();
      if (next.production.version !== model.production.version) {
        const about = { model: manifest.name, from: model.production.version, to: next.production.version };
        log.info(about, 'another version is to be in production');
      }
      if (!isSameOffer(model, next)) model = next;
      return changes.pending() > 0;
    },
  };
}

function changedKeys(before: ModelManifest, after: ModelManifest): string[] {
  const entries = (manifest: ModelManifest) => new Map<string, unknown>(Object.entries(manifest));
  const [old, fresh] = [entries(before), entries(after)];
  return [...new Set([...old.keys(), ...fresh.keys()])].filter(
    (key) => key !== 'production' && !isDeepStrictEqual(old.get(key), fresh.get(key)),
  );
}

function isSameOffer(a: RegisteredModel, b: RegisteredModel): boolean {
  const numbers = ({ versions }: RegisteredModel) => versions.map(({ version }) => version).join();
  return a.production.version === b.production.version && numbers(a) === numbers(b);
}

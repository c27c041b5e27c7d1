// Finds every model under the models folder, or says everything that is wrong with them; then follows what changes there.
import { join, resolve } from 'node:path';
import type { Logger } from 'pino';
import type { Metrics } from '../metrics.js';
import { followFolder, type FolderFollower } from './follow-folder.js';
import { modelFolders, settleMsFor, startLiveRegistry } from './live-registry.js';
import { lookAtFolder } from './look-at-folder.js';
import { readModelFolder } from './read-model-folder.js';
import type { LiveRegistry } from './registry.js';

export interface RegistryOptions {
  /** Holds one folder per model; entries without a `model.json` are not models. */
  readonly modelsDir: string;
  /** How often the folder is looked at for new versions; 0, which is the default, for never. */
  readonly reloadMs?: number;
  readonly metrics?: Pick<Metrics, 'modelFolderProblems'>;
  readonly log: Logger;
}

/**
 * Rejects with `ModelsError`, which lists every problem of every model, when there is any or no model at all. Where the folder
 * is followed, a version that is not the one in production may have problems: it is refused like one that comes later.
 */
export async function loadRegistry({
  modelsDir,
  reloadMs = 0,
  metrics,
  log,
}: RegistryOptions): Promise<LiveRegistry> {
  const root = resolve(modelsDir);
  const ownLog = log.child({ room: 'registry' });
  const problems: string[] = [];
  const followers = new Map<string, FolderFollower>();
  const names = await modelFolders(root).catch((cause: unknown) => {
    throw new ModelsError([`${root}: the models folder cannot be read (${String(cause)})`]);
  });
  for (const name of names) {
    const folder = join(root, name);
    // Before it is read: what changes meanwhile is seen as a change by the next look.
    const marks = await lookAtFolder(folder);
    const found = await readModelFolder(folder, problems, { whole: reloadMs === 0 });
    const settleMs = settleMsFor(reloadMs);
    if (found !== undefined)
      followers.set(name, followFolder({ folder, ...found, marks, settleMs, log: ownLog }));
  }
  if (problems.length > 0) throw new ModelsError(problems);
  if (followers.size === 0)
    throw new ModelsError([
      `${root}: there is no model here: no folder with a model.json (build them first)`,
    ]);
  for (const follower of followers.values()) {
    const { manifest, versions, production } = follower.model();
    metrics?.modelFolderProblems.set({ model: manifest.name }, follower.problems().length);
    ownLog.info(
      { model: manifest.name, versions: versions.length, production: production.version },
      'model registered',
    );
  }
  return startLiveRegistry({ root, followers, everyMs: reloadMs, metrics, log: ownLog });
}

/** The models folder cannot be served; `problems` has one line for each thing to mend, naming the file. */
export class ModelsError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(`The models cannot be served:\n${problems.map((p) => `  - ${p}`).join('\n')}`);
    this.name = 'ModelsError';
  }
}

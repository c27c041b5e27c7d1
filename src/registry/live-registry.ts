// Looks at the models folder again and again, and answers from what was found: each answer of one moment.
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Metrics } from '../metrics.js';
import type { FolderFollower } from './follow-folder.js';
import type { LiveRegistry } from './registry.js';
import { registryOver } from './registry-over.js';

export interface LiveRegistryOptions {
  /** The models folder. */
  readonly root: string;
  /** By model name; a model that comes later is served after the next start. */
  readonly followers: ReadonlyMap<string, FolderFollower>;
  /** How often to look; 0 for never. */
  readonly everyMs: number;
  readonly metrics: Pick<Metrics, 'modelFolderProblems'> | undefined;
  readonly log: Logger;
}

// Whoever asks for a look gets a fresh one, but not more often than this, however many ask.
const AGAIN_AFTER_MS = 200;
// What has not come to rest by then is a long copy, and nobody has used that yet.
const LOOKS_FOR_REST = 3;

/** Starts looking. */
export function startLiveRegistry(options: LiveRegistryOptions): LiveRegistry {
  const { root, followers, everyMs, metrics, log } = options;
  let models = snapshot(followers);
  const listeners = new Set<() => void>();
  const stopping = new AbortController();
  const { signal } = stopping;
  const looks = new Map(
    [...followers].map(([name, follower]) => [name, serialised(() => look(name, follower))]),
  );
  const askedAt = new Map<string, number>();
  const told = new Set<string>(followers.keys());
  const unseen = new Set<string>();
  let failing = false;

  /** A model whose folder cannot be looked at keeps none of the others from being followed. */
  const look = async (name: string, follower: FolderFollower): Promise<boolean> => {
    const moving = await follower.look().then(
      (pending) => {
        unseen.delete(name);
        return pending;
      },
      (error: unknown) => {
        if (!unseen.has(name))
          log.error(
            { err: error, model: name },
            'the folder of a model cannot be looked at; what serves goes on',
          );
        unseen.add(name);
        return false;
      },
    );
    metrics?.modelFolderProblems.set(
      { model: name },
      follower.problems().length + (unseen.has(name) ? 1 : 0),
    );
    if (models.get(name) !== follower.model()) {
      models = snapshot(followers);
      for (const listener of listeners) listener();
    }
    return moving;
  };
  const turn = async () => {
    try {
      for (const lookAt of looks.values()) if (!signal.aborted) await lookAt();
      for (const name of await modelFolders(root)) {
        if (told.has(name)) continue;
        told.add(name);
        log.warn({ model: name }, 'a new model is in the models folder; it is served after the next start');
      }
      failing = false;
    } catch (error) {
      if (!failing) log.error({ err: error }, 'the models folder cannot be looked at; what serves goes on');
      failing = true;
    }
  };
  const run = async () => {
    for (;;) {
      await delay(everyMs, undefined, { signal });
      await turn();
    }
  };
  const running = everyMs === 0 ? Promise.resolve() : run().catch(() => undefined);

  const found = registryOver(() => models);
  return {
    ...found,
    version: (name, number) => {
      const taken = number === undefined ? undefined : followers.get(name)?.taken(number);
      return taken === undefined ? found.version(name, number) : { model: found.model(name), version: taken };
    },
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    lookAgain: async (name) => {
      const lookAt = looks.get(name);
      if (everyMs === 0 || lookAt === undefined) return;
      const earlyMs = (askedAt.get(name) ?? -Infinity) + AGAIN_AFTER_MS - performance.now();
      try {
        if (earlyMs > 0) await delay(earlyMs, undefined, { signal });
        askedAt.set(name, performance.now());
        for (let look = 1; (await lookAt()) && look < LOOKS_FOR_REST; look += 1)
          await delay(settleMsFor(everyMs), undefined, { signal });
      } catch (error) {
        if (!signal.aborted) log.debug({ err: error }, 'the models folder could not be looked at again');
      }
    },
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}

/** How long a change must have come to rest, given how often the folder is looked at. */
export function settleMsFor(everyMs: number): number {
  return Math.min(everyMs, 500);
}

/** The names of folders with a `model.json`, sorted. Rejects when the folder cannot be read. */
export async function modelFolders(root: string): Promise<string[]> {
  const folders: string[] = [];
  for (const name of (await readdir(root)).sort()) {
    const isModel = await stat(join(root, name, 'model.json')).then(
      (found) => found.isFile(),
      () => false,
    );
    if (isModel) folders.push(name);
  }
  return folders;
}

function snapshot(followers: ReadonlyMap<string, FolderFollower>) {
  return new Map([...followers].map(([name, follower]) => [name, follower.model()]));
}

/** Calls run one after the other; a call made before the next has begun shares that one. */
function serialised<T>(work: () => Promise<T>): () => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  let next: Promise<T> | undefined;
  return () => {
    if (next !== undefined) return next;
    const begin = () => {
      next = undefined;
      return work();
    };
    next = last.then(begin, begin);
    last = next;
    return next;
  };
}

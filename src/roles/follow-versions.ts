// Loads what the models folder has in production, now and whenever that moves, while the version before goes on.
import type { Logger } from 'pino';
import type { LiveRegistry, RegisteredModel } from '../registry/registry.js';

const LONGEST_RETRY_MS = 60_000;

/**
 * Calls `load` for every model, and again whenever another version of it is put into production. A load that fails is tried
 * again, ever more slowly, for as long as that version is the one. Resolves after the first loads with how to stop, which
 * waits for no load; rejects when one fails of a model that has no other version to go on with.
 */
export async function followVersions({
  registry,
  load,
  log,
  firstRetryMs = 1000,
}: {
  readonly registry: LiveRegistry;
  /** Loads the production version of a model; loading twice does nothing. */
  readonly load: (model: RegisteredModel) => Promise<void>;
  readonly log: Logger;
  readonly firstRetryMs?: number;
}): Promise<() => Promise<void>> {
  const asked = new Map<string, number>();
  const retries = new Map<string, NodeJS.Timeout>();
  let stopped = false;

  const retryLater = (name: string, version: number, retryMs: number, error: unknown) => {
    if (stopped) return;
    const what = 'a version cannot be loaded; it is tried again, and the others go on';
    log.error({ err: error, model: name, version, retryMs }, what);
    clearTimeout(retries.get(name));
    retries.set(
      name,
      setTimeout(() => attempt(name, version, Math.min(retryMs * 2, LONGEST_RETRY_MS)), retryMs),
    );
  };
  const attempt = (name: string, version: number, retryMs: number) => {
    const model = registry.model(name);
    if (model.production.version !== version) return;
    load(model).then(
      () => loadedAs(name, version),
      (error: unknown) => retryLater(name, version, retryMs, error),
    );
  };
  // The version loaded last is the one that stays: a slow load must not take the place of what is in production by now.
  const loadedAs = (name: string, version: number) => {
    const { production } = registry.model(name);
    if (!stopped && production.version !== version) attempt(name, production.version, firstRetryMs);
  };
  const stopListening = registry.onChange(() => {
    for (const { manifest, production } of registry.models()) {
      const { name } = manifest;
      if (asked.get(name) === production.version) continue;
      asked.set(name, production.version);
      attempt(name, production.version, firstRetryMs);
    }
  });
  const stop = () => {
    stopped = true;
    stopListening();
    for (const timer of retries.values()) clearTimeout(timer);
    return Promise.resolve();
  };

  const loadFirst = async (model: RegisteredModel) => {
    const { name } = model.manifest;
    const { version } = model.production;
    asked.set(name, version);
    try {
      await load(model);
      loadedAs(name, version);
    } catch (error) {
      if (model.versions.length === 1) throw error;
      retryLater(name, version, firstRetryMs, error);
    }
  };
  try {
    await Promise.all(registry.models().map(loadFirst));
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}

// Answers the monitors' questions about versions from the registry.
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { ModelManifest } from '../manifest/model-manifest.js';
import type { WatchableModel } from '../monitors/watchable-model.js';
import type { LiveRegistry } from '../registry/registry.js';

// Machines that share a models folder over a network may see it change up to a minute apart.
const PATIENCE_MS = 60_000;
// A look may answer at once (a folder that is not followed, or no longer), and must not be asked for without a break.
const PAUSE_MS = 100;

/**
 * A version that was met in a stream and is not in the models folder here is waited for, once and for `patienceMs` at most: a
 * worker has it already.
 */
export function createWatchableModel({
  manifest,
  registry,
  log,
  now,
  patienceMs = PATIENCE_MS,
}: {
  readonly manifest: ModelManifest;
  readonly registry: LiveRegistry;
  readonly log: Logger;
  /** Epoch ms. */
  readonly now: () => number;
  readonly patienceMs?: number | undefined;
}): WatchableModel {
  const { name } = manifest;
  const givenUp = new Set<number>();
  const find = (version: number | undefined) =>
    registry.model(name).versions.find((known) => known.version === version);
  return {
    manifest,
    subject: (wanted) => {
      const { version, reference, facts } = find(wanted) ?? registry.model(name).production;
      return { manifest, version, reference, evaluation: facts.metrics };
    },
    production: async (met, signal) => {
      const unknown = () => met.filter((version) => find(version) === undefined && !givenUp.has(version));
      await registry.lookAgain(name);
      for (const until = now() + patienceMs; unknown().length > 0 && now() < until && !signal.aborted;) {
        await delay(PAUSE_MS, undefined, { signal }).catch(() => undefined);
        await registry.lookAgain(name);
      }
      for (const version of signal.aborted ? [] : unknown()) {
        givenUp.add(version);
        log.warn(
          { room: 'monitors', model: name, version },
          'predictions of a version that is not in the models folder here are passed over',
        );
      }
      return registry.model(name).production.version;
    },
  };
}

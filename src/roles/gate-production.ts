// What the API answers with: the version in production of the models folder, once the workers are ready for it.
import type { Logger } from 'pino';
import type { Metrics } from '../metrics.js';
import { inferenceQueueOf } from '../queue/catalogue.js';
import type { WorkerWatch } from '../queue/watch-workers.js';
import { inProduction } from '../registry/in-production.js';
import { registryOver } from '../registry/registry-over.js';
import type { LiveRegistry, RegisteredModel, RegisteredVersion, Registry } from '../registry/registry.js';

export interface GateOptions {
  readonly registry: LiveRegistry;
  readonly workers: Pick<WorkerWatch, 'hasLoaded' | 'lacking'>;
  readonly metrics: Pick<Metrics, 'productionVersion'>;
  readonly log: Logger;
  /** Epoch ms. */
  readonly now: () => number;
  readonly patienceMs?: number;
  readonly everyMs?: number;
}

const PATIENCE_MS = 60_000;
const EVERY_MS = 500;

/**
 * A registry in which `production` moves once every live worker that takes the model's queue has loaded the new version;
 * after a minute one worker will do, and a warning names those that have not. Removed versions are not found in it.
 */
export function gateProduction(options: GateOptions): { readonly registry: Registry; stop(): Promise<void> } {
  const { registry, workers, metrics, now, patienceMs = PATIENCE_MS } = options;
  const log = options.log.child({ room: 'registry' });
  const serving = new Map<string, RegisteredVersion>();
  const waiting = new Map<string, { readonly version: number; readonly since: number; warned: boolean }>();
  let shown: ReadonlyMap<string, RegisteredModel> = new Map();

  /** Whether the workers are ready for what the folder has in production, or have kept it waiting for too long. */
  const opens = ({ manifest, production }: RegisteredModel, current: number): boolean => {
    const { name } = manifest;
    const { version } = production;
    const lacking = workers.lacking(inferenceQueueOf(manifest), name, version);
    const some = workers.hasLoaded(name, version);
    if (some && lacking.length === 0) return true;
    const known = waiting.get(name);
    if (known?.version !== version) {
      waiting.set(name, { version, since: now(), warned: false });
      log.info({ model: name, from: current, to: version }, 'waiting for the workers to load a version');
      return false;
    }
    if (now() - known.since < patienceMs) return false;
    const about = { model: name, from: current, to: version, lacking };
    if (some) log.warn(about, 'production moves although these workers have not loaded the version');
    else if (!known.warned) log.warn(about, 'no worker has loaded the version; the one before goes on');
    known.warned = true;
    return some;
  };
  const settle = () => {
    for (const model of registry.models()) {
      const { name } = model.manifest;
      const current = serving.get(name) ?? firstOf(model, workers);
      const { production } = model;
      const moves = current.version !== production.version && opens(model, current.version);
      if (moves) log.info({ model: name, from: current.version, to: production.version }, 'production moved');
      if (moves || current.version === production.version) waiting.delete(name);
      serving.set(name, moves ? production : current);
      metrics.productionVersion.set({ model: name }, moves ? production.version : current.version);
    }
    shown = new Map(registry.models().map((model) => [model.manifest.name, asServed(model, serving)]));
  };
  settle();
  const stopListening = registry.onChange(settle);
  const timer = setInterval(settle, options.everyMs ?? EVERY_MS);

  return {
    registry: registryOver(() => shown),
    stop: () => {
      stopListening();
      clearInterval(timer);
      return Promise.resolve();
    },
  };
}

/**
 * What a process that has just started serves: if the workers are on their way from one version to another, the one they
 * have all loaded.
 */
function firstOf({ manifest, versions, production }: RegisteredModel, workers: GateOptions['workers']) {
  const isReady = ({ version }: RegisteredVersion) =>
    workers.hasLoaded(manifest.name, version) &&
    workers.lacking(inferenceQueueOf(manifest), manifest.name, version).length === 0;
  return isReady(production) ? production : (versions.findLast(isReady) ?? production);
}

function asServed(model: RegisteredModel, serving: ReadonlyMap<string, RegisteredVersion>): RegisteredModel {
  const version = serving.get(model.manifest.name) ?? model.production;
  return version.version === model.production.version
    ? model
    : inProduction(model.manifest, model.versions, version);
}

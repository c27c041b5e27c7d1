// One lane per model version: its feature check, its queue and its batcher, made when first asked for.
import { AppError } from '../errors.js';
import type { Cell, Warning } from '../events/prediction-batch.js';
import type { Metrics } from '../metrics.js';
import type { Registry } from '../registry/registry.js';
import { createBatcher, type Batcher } from './batcher.js';
import { createFeatureCheck } from './check-features.js';
import type { Dispatch, Target } from './dispatch.js';

export interface Lane {
  readonly target: Target;
  readonly batcher: Batcher;
  /** Throws INVALID_INPUT with every issue. */
  check(features: Readonly<Record<string, unknown>>): CheckedFeatures;
}

export interface CheckedFeatures {
  readonly row: Readonly<Record<string, Cell>>;
  readonly warnings: readonly Warning[];
}

export interface LanesOptions {
  readonly registry: Registry;
  readonly dispatch: Dispatch;
  readonly maxWaitingRows: number;
  readonly now: () => number;
  readonly metrics: Metrics;
}

// Enough to keep several workers busy, few enough that rows gather while they are.
const BATCHES_IN_FLIGHT = 4;

export function createLanes({ registry, dispatch, maxWaitingRows, now, metrics }: LanesOptions) {
  const lanes = new Map<string, Lane>();

  const open = (name: string, version: number): Lane => {
    const { manifest } = registry.model(name);
    const target: Target = {
      model: name,
      version,
      queue: manifest.device === 'gpu' ? 'inference-gpu' : 'inference-cpu',
      featureNames: manifest.features.map((feature) => feature.name),
    };
    const waitingGauge = metrics.batcherWaiting.labels({ model: name, version });
    const batcher = createBatcher({
      maxRows: manifest.maxBatchRows,
      maxInFlight: BATCHES_IN_FLIGHT,
      maxWaiting: maxWaitingRows,
      send: (rows) => dispatch.send(target, rows),
      onWaiting: (rows) => waitingGauge.set(rows),
      now,
    });
    const checkFeatures = createFeatureCheck(manifest);
    return {
      target,
      batcher,
      check(features) {
        const checked = checkFeatures(features, 'input.features');
        if (!checked.ok)
          throw new AppError('INVALID_INPUT', undefined, { details: { issues: checked.issues } });
        return checked;
      },
    };
  };

  return {
    /** The lane of the production version unless one is named. Throws MODEL_NOT_FOUND, VERSION_NOT_FOUND. */
    of(name: string, version?: number): Lane {
      const { version: found } = registry.version(name, version);
      const key = `${name}@${found.version}`;
      const known = lanes.get(key);
      if (known !== undefined) return known;
      const lane = open(name, found.version);
      lanes.set(key, lane);
      return lane;
    },
  };
}

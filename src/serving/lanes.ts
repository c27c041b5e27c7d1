// The lanes of this process, one per model version that is asked for.
import type { Registry } from '../registry/registry.js';
import type { Target } from './dispatch.js';
import { openLane, type Lane, type LaneOptions } from './lane.js';

export interface LanesOptions extends Omit<LaneOptions, 'jobsAhead'> {
  readonly registry: Registry;
  /** Jobs of all processes that wait on this queue ahead of what is sent now. */
  readonly urgentJobs: (queue: Target['queue']) => number;
}

// Longer than any deadline, so that nobody still waits in a lane that is dropped.
const IDLE_MS = 120_000;
const LOOK_EVERY_MS = 10_000;

interface Entry {
  readonly lane: Lane;
  usedAt: number;
}

export function createLanes(options: LanesOptions) {
  const { registry, now } = options;
  const lanes = new Map<string, Entry>();
  let lookedAt = now();

  const batchesOf = (queue: Target['queue']): number => {
    let sum = 0;
    for (const { lane } of lanes.values()) if (lane.target.queue === queue) sum += lane.load().batches;
    return sum;
  };
  const laneOptions: LaneOptions = {
    ...options,
    jobsAhead: (queue) => {
      const jobs = options.urgentJobs(queue);
      // Which of them are this process's own is not known; that many at most.
      return jobs === 0 ? 0 : Math.max(0, jobs - batchesOf(queue));
    },
  };
  /** A version in production keeps what was learned of it, however quiet it is. */
  const dropIdle = () => {
    lookedAt = now();
    for (const [key, { lane, usedAt }] of lanes) {
      const { waitingRows, sentRows } = lane.load();
      const { model, version } = lane.target;
      const serves = registry.model(model).production.version === version;
      if (serves || now() - usedAt < IDLE_MS || waitingRows + sentRows > 0) continue;
      lanes.delete(key);
      lane.metrics.remove();
    }
  };

  return {
    /** The lane of the production version unless one is named. Throws MODEL_NOT_FOUND, VERSION_NOT_FOUND. */
    of(name: string, wanted?: number): Lane {
      const { model, version } = registry.version(name, wanted);
      if (now() - lookedAt > LOOK_EVERY_MS) dropIdle();
      const key = `${name}@${version.version}`;
      const known = lanes.get(key);
      if (known !== undefined) {
        known.usedAt = now();
        return known.lane;
      }
      const lane = openLane(model.manifest, version, laneOptions);
      lanes.set(key, { lane, usedAt: now() });
      return lane;
    },
  };
}

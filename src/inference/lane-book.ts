// Which model versions have sessions, which are in use, and which go when memory is wanted.
import type { Logger } from 'pino';
import type { ModelManifest } from '../manifest/model-manifest.js';
import type { Metrics } from '../metrics.js';
import type { InferenceModel } from './inference.js';
import { bytesOf, createModelLane, isReady, type ModelLane, type ThreadSlot } from './model-lane.js';
import { keyOf, planSession } from './plan-session.js';
import { threadsOf, type SessionThreads } from './session-threads.js';

export interface LaneBook {
  /** The lane of this version, made when first asked for. Throws what planning throws. */
  laneOf(model: InferenceModel): ModelLane;
  /** All lanes, also those that are only finishing their calls. */
  lanes(): Iterable<ModelLane>;
  /** Versions with an open session, as `name@version`. */
  ready(): readonly string[];
  use(lane: ModelLane): void;
  leave(lane: ModelLane): void;
  /** From now on this lane of `model` stays however scarce memory gets, and the one kept before does not. */
  keep(lane: ModelLane, model: string): void;
  /** Lets the least recently used versions go until what is left fits the budget; never one in use or kept. */
  makeRoom(): void;
}

interface Known {
  readonly lane: ModelLane;
  manifest: ModelManifest;
}

export function createLaneBook({
  slots,
  threads,
  memoryBytes,
  log,
  metrics,
}: {
  readonly slots: readonly ThreadSlot[];
  readonly threads: SessionThreads;
  readonly memoryBytes: number;
  readonly log: Logger;
  readonly metrics: Metrics;
}): LaneBook {
  const known = new Map<string, Known>();
  const lanes = new Set<ModelLane>();
  const kept = new Map<string, ModelLane>();
  let nextSession = 0;
  let uses = 0;

  const isKept = (lane: ModelLane) => [...kept.values()].includes(lane);
  const isCurrent = (lane: ModelLane) => known.get(lane.plan.key)?.lane === lane;

  const report = (): number => {
    const bytes = [...lanes].reduce((sum, lane) => sum + bytesOf(lane), 0);
    metrics.inferenceSessions.set(slots.reduce((sum, { thread }) => sum + thread.sessions.size, 0));
    metrics.inferenceSessionBytes.set(bytes);
    return bytes;
  };

  const letGo = (lane: ModelLane) => {
    if (isCurrent(lane)) known.delete(lane.plan.key);
    lanes.delete(lane);
    for (const { thread } of lane.slots) thread.unload(lane.session);
    report();
  };

  const replace = (before: ModelLane, lane: ModelLane, model: string) => {
    if (kept.get(model) === before) kept.set(model, lane);
    if (before.calls === 0) letGo(before);
  };

  const open = (model: InferenceModel): ModelLane => {
    const { manifest } = model;
    const key = keyOf(model);
    const plan = planSession(model, threads);
    const before = known.get(key);
    if (before !== undefined && JSON.stringify(before.lane.plan) === JSON.stringify(plan)) {
      before.manifest = manifest;
      return before.lane;
    }
    const lane = createModelLane(plan, nextSession++, threadsOf(manifest, threads), slots, lanes);
    known.set(key, { lane, manifest });
    lanes.add(lane);
    // The manifest of a version may change under a running worker: calls under way finish with the old one.
    if (before !== undefined) replace(before.lane, lane, manifest.name);
    return lane;
  };

  return {
    laneOf(model) {
      const found = known.get(keyOf(model));
      return found?.manifest === model.manifest ? found.lane : open(model);
    },
    lanes: () => lanes,
    ready: () => [...known.values()].flatMap(({ lane }) => (isReady(lane) ? [lane.plan.key] : [])).sort(),
    use(lane) {
      lane.calls++;
      lane.usedAt = ++uses;
    },
    leave(lane) {
      lane.calls--;
      if (lane.calls > 0) return;
      const useless = !isReady(lane) && !isKept(lane);
      if (useless || !isCurrent(lane)) letGo(lane);
    },
    keep(lane, model) {
      kept.set(model, lane);
    },
    makeRoom() {
      const fits = () => report() <= memoryBytes;
      while (!fits()) {
        const idle = [...lanes].filter((lane) => lane.calls === 0 && !isKept(lane));
        const [oldest] = idle.sort((a, b) => a.usedAt - b.usedAt);
        if (oldest === undefined) {
          log.warn({ memoryBytes }, 'the models in use need more memory than the sessions may have');
          return;
        }
        metrics.inferenceEvictions.inc();
        log.info({ model: oldest.plan.key, bytes: bytesOf(oldest) }, 'a model was let go for want of memory');
        letGo(oldest);
      }
    },
  };
}

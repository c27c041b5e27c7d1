// Runs models in session threads: spreads the calls, lets sessions go for want of memory, replaces threads that died.
import { availableParallelism } from 'node:os';
import type { Logger } from 'pino';
import { AppError } from '../errors.js';
import type { Metrics } from '../metrics.js';
import { createCallQueue } from './call-queue.js';
import { LoadFailed, ThreadDied, type Inference, type InferenceModel } from './inference.js';
import { createLaneBook } from './lane-book.js';
import { isReady, type ModelLane, type ThreadSlot } from './model-lane.js';
import { nameOutputs } from './name-outputs.js';
import { packTensors } from './pack-tensors.js';
import { keyOf } from './plan-session.js';
import { planSessionThreads, threadsOf } from './session-threads.js';
import { startSessionThread } from './thread-handle.js';

export interface InferenceOptions {
  /** Session threads for models of feature columns, each of which runs one call at a time; as many as pay when unset. */
  readonly threads?: number | undefined;
  /** Session threads for models of pictures; as many as pay on this machine when unset. */
  readonly pictureThreads?: number | undefined;
  /** What all sessions together may be counted with before those that nobody uses go. */
  readonly memoryBytes: number;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Execution providers wanted, best first; what cannot be had falls back to the CPU. */
  readonly providers?: readonly string[];
  /** Processor cores the threads share; this machine's when unset. */
  readonly cores?: number;
  /** The compiled thread program; the one beside this file when unset. */
  readonly threadUrl?: URL;
}

/** Resolves when every thread answers and the usable providers are known; rejects when a thread cannot start. */
export async function createInference(options: InferenceOptions): Promise<Inference> {
  const { metrics, memoryBytes } = options;
  const log = options.log.child({ room: 'inference' });
  const threadUrl = options.threadUrl ?? new URL('./session-thread.js', import.meta.url);
  const settings = { providers: options.providers ?? ['cpu'] };
  const threads = planSessionThreads({
    ...settings,
    threads: options.threads,
    pictureThreads: options.pictureThreads,
    cores: options.cores ?? availableParallelism(),
  });
  const queue = createCallQueue<ThreadSlot>();
  const slots: ThreadSlot[] = Array.from(
    { length: Math.max(threads.threads, threads.pictureThreads) },
    (_, i) => ({ thread: start(i), calls: 0, expectedMs: 0 }),
  );
  const book = createLaneBook({ slots, threads, memoryBytes, log, metrics });
  const providers = await readyProviders(slots, options);
  const onCpu = new Set<string>();
  let underWay = 0;
  let closed = false;
  let whenIdle: () => void = () => undefined;

  function start(place: number) {
    const onDeath = (lost: readonly number[]) => {
      const slot = slots[place];
      // Where nothing had worked yet, a new thread would fare no better; the next call starts one.
      if (slot === undefined || lost.length === 0) return;
      slot.thread = start(place);
      for (const lane of book.lanes()) if (lost.includes(lane.session)) void reload(slot, lane);
    };
    return startSessionThread({ threadUrl, settings, log, onDeath });
  }

  async function loadOn(slot: ThreadSlot, lane: ModelLane): Promise<void> {
    if (!slot.thread.alive()) slot.thread = start(slots.indexOf(slot));
    const { key } = lane.plan;
    const { types, fellBack } = await slot.thread.load(lane.session, lane.plan).catch((error: unknown) => {
      throw loadFailure(key, error);
    });
    lane.types = types;
    if (fellBack !== undefined && !onCpu.has(key)) {
      onCpu.add(key);
      for (const provider of providers) if (provider !== 'cpu') metrics.providerFallbacks.inc({ provider });
      log.warn({ model: key, reason: fellBack }, 'this model runs on the CPU: no other provider took it');
    }
    book.makeRoom();
    queue.wake();
  }

  async function reload(slot: ThreadSlot, lane: ModelLane): Promise<void> {
    await underWayWith(lane, () => loadOn(slot, lane)).catch((err: unknown) => {
      log.error({ err, model: lane.plan.key }, 'a model could not be loaded into a thread anew');
      if (!isReady(lane)) queue.fail(lane, err);
    });
  }

  async function loadAll(lane: ModelLane): Promise<void> {
    const wasReady = isReady(lane);
    // All must have ended before the lane is left, or what loads last has no owner.
    const loads = await Promise.allSettled(lane.slots.map((slot) => loadOn(slot, lane)));
    const failed = loads.find((load) => load.status === 'rejected');
    if (failed === undefined) return;
    // Others may run it already where it did load.
    if (!wasReady && lane.calls === 1) for (const { thread } of lane.slots) thread.unload(lane.session);
    throw failed.reason;
  }

  // Counts for close() and for who may be let go, and gives every failure its code.
  async function underWayWith<T>(lane: ModelLane, call: () => Promise<T>): Promise<T> {
    underWay++;
    book.use(lane);
    try {
      return await call();
    } catch (error) {
      throw error instanceof AppError ? error : modelFailure(lane.plan.key, error);
    } finally {
      book.leave(lane);
      underWay--;
      if (underWay === 0) whenIdle();
    }
  }

  function laneOf(model: InferenceModel): ModelLane {
    if (closed) throw new AppError('UNAVAILABLE', 'Inference is shutting down; retry soon.');
    try {
      return book.laneOf(model);
    } catch (error) {
      throw loadFailure(keyOf(model), error);
    }
  }

  return {
    providers,
    threads: threads.threads,
    pictureThreads: threads.pictureThreads,
    threadsOf: ({ manifest }) => threadsOf(manifest, threads),
    loaded: () => book.ready(),
    load: async (model) => {
      const startedAt = performance.now();
      const lane = laneOf(model);
      await underWayWith(lane, () => loadAll(lane));
      book.keep(lane, model.manifest.name);
      log.info({ model: lane.plan.key, ms: Math.round(performance.now() - startedAt) }, 'model loaded');
    },
    run: async (model, features, rows) => {
      const lane = laneOf(model);
      return await underWayWith(lane, async () => {
        if (!isReady(lane)) await loadAll(lane);
        if (lane.plan.kind !== 'columns') throw new Error('it takes pictures, not feature columns');
        const { inputs, output } = lane.plan;
        const tensors = packTensors(inputs, lane.types, features, rows);
        const { values, computeMs } = await queue.run(lane, ({ thread }) =>
          thread.run(lane.session, rows, tensors),
        );
        return { outputs: nameOutputs(output.classes, values, rows), computeMs };
      });
    },
    runTiles: async (model, tiles) => {
      const lane = laneOf(model);
      return await underWayWith(lane, async () => {
        if (!isReady(lane)) await loadAll(lane);
        return await queue.run(lane, ({ thread }) => thread.runTiles(lane.session, tiles));
      });
    },
    close: async () => {
      closed = true;
      if (underWay > 0) await new Promise<void>((resolve) => (whenIdle = resolve));
      await Promise.all(slots.map(({ thread }) => thread.close()));
    },
  };
}

async function readyProviders(
  slots: readonly ThreadSlot[],
  { log, metrics }: InferenceOptions,
): Promise<readonly string[]> {
  try {
    const [first] = await Promise.all(slots.map(({ thread }) => thread.ready));
    for (const { provider, reason } of first?.refused ?? []) {
      metrics.providerFallbacks.inc({ provider });
      log.warn({ provider, reason }, 'this execution provider cannot be used here; falling back');
    }
    return first?.providers ?? [];
  } catch (error) {
    await Promise.all(slots.map(({ thread }) => thread.close()));
    throw error;
  }
}

function modelFailure(key: string, cause: unknown): AppError {
  return new AppError('INFERENCE_FAILED', sentenceOn(key, cause), { cause });
}

// A thread that died under a load says nothing about the rows that waited for it.
function loadFailure(key: string, cause: unknown): AppError {
  if (cause instanceof ThreadDied) return new AppError(cause.code, cause.message, { cause });
  return cause instanceof AppError
    ? cause
    : new LoadFailed('INFERENCE_FAILED', sentenceOn(key, cause), { cause });
}

// The runtime's messages run over several lines; a client needs the first.
function sentenceOn(key: string, cause: unknown): string {
  const [line = ''] = (cause instanceof Error ? cause.message : String(cause)).trim().split('\n');
  return `${key} failed: ${line.slice(0, 500)}`;
}

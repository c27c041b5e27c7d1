// Runs models in session threads: spreads the calls, replaces threads that died, ends them gently.
import { availableParallelism } from 'node:os';
import type { Logger } from 'pino';
import { AppError } from '../errors.js';
import type { Inference, InferenceModel } from './inference.js';
import { nameOutputs } from './name-outputs.js';
import { packTensors } from './pack-tensors.js';
import { keyOf, planSession } from './plan-session.js';
import { startSessionThread, type SessionThread } from './thread-handle.js';

export interface InferenceOptions {
  /** Session threads; each holds every loaded model and runs one call at a time. */
  readonly threads: number;
  readonly log: Logger;
  /** Execution providers wanted, best first; what cannot be had falls back to the CPU. */
  readonly providers?: readonly string[];
  /** Processor cores the threads share; this machine's when unset. */
  readonly cores?: number;
  /** The compiled thread program; the one beside this file when unset. */
  readonly threadUrl?: URL;
}

interface Slot {
  thread: SessionThread;
  /** Calls given to this slot and not yet answered. */
  busy: number;
}

/** Resolves when every thread answers and the usable providers are known; rejects when a thread cannot start. */
export async function createInference(options: InferenceOptions): Promise<Inference> {
  const log = options.log.child({ room: 'inference' });
  const threads = Math.max(1, options.threads);
  const threadUrl = options.threadUrl ?? new URL('./session-thread.js', import.meta.url);
  const settings = {
    providers: options.providers ?? ['cpu'],
    intraOpNumThreads: Math.max(1, Math.floor((options.cores ?? availableParallelism()) / threads)),
  };
  const start = () => startSessionThread(threadUrl, settings, log);
  const slots: Slot[] = Array.from({ length: threads }, () => ({ thread: start(), busy: 0 }));
  const providers = await readyProviders(slots, log);
  const plans = new Map<string, ReturnType<typeof planSession>>();
  const onCpu = new Set<string>();
  const running = new Set<Promise<unknown>>();
  let closed = false;

  async function loadOn(slot: Slot, model: InferenceModel) {
    const key = keyOf(model);
    const planned = plans.get(key) ?? planSession(model);
    plans.set(key, planned);
    if (!slot.thread.alive()) slot.thread = start();
    const { thread } = slot;
    const { fellBack } = await thread.load(planned.plan, planned.warmUps);
    if (fellBack !== undefined && !onCpu.has(key)) {
      onCpu.add(key);
      log.warn({ model: key, reason: fellBack }, 'this model runs on the CPU: no other provider took it');
    }
    return { thread, plan: planned.plan };
  }

  // Counts the call for scheduling and for close(), and gives every failure its code.
  async function track<T>(model: InferenceModel, slot: Slot, call: () => Promise<T>): Promise<T> {
    if (closed) throw new AppError('UNAVAILABLE', 'Inference is shutting down; retry soon.');
    slot.busy++;
    const promise = call();
    running.add(promise);
    try {
      return await promise;
    } catch (error) {
      throw error instanceof AppError ? error : modelFailure(model, error);
    } finally {
      slot.busy--;
      running.delete(promise);
    }
  }

  return {
    providers,
    loaded: () => [...new Set(slots.flatMap(({ thread }) => thread.loaded()))].sort(),
    load: async (model) => {
      const startedAt = performance.now();
      await Promise.all(slots.map((slot) => track(model, slot, () => loadOn(slot, model))));
      log.info({ model: keyOf(model), ms: Math.round(performance.now() - startedAt) }, 'model loaded');
    },
    run: (model, features, rows) => {
      const slot = slots.reduce((least, other) => (other.busy < least.busy ? other : least));
      return track(model, slot, async () => {
        const { thread, plan } = await loadOn(slot, model);
        const tensors = packTensors(model.manifest, plan.inputs, features, rows);
        const { values, computeMs } = await thread.run(plan.key, rows, tensors);
        return { outputs: nameOutputs(model.manifest, values, rows), computeMs };
      });
    },
    close: async () => {
      closed = true;
      await Promise.allSettled(running);
      await Promise.all(slots.map(({ thread }) => thread.close()));
    },
  };
}

async function readyProviders(slots: readonly Slot[], log: Logger): Promise<readonly string[]> {
  try {
    const [first] = await Promise.all(slots.map(({ thread }) => thread.ready));
    for (const { provider, reason } of first?.refused ?? [])
      log.warn({ provider, reason }, 'this execution provider cannot be used here; falling back');
    return first?.providers ?? [];
  } catch (error) {
    await Promise.all(slots.map(({ thread }) => thread.close()));
    throw error;
  }
}

// The runtime's messages run over several lines; a client needs the first.
function modelFailure(model: InferenceModel, cause: unknown): AppError {
  const [line = ''] = (cause instanceof Error ? cause.message : String(cause)).trim().split('\n');
  return new AppError('INFERENCE_FAILED', `${keyOf(model)} failed: ${line.slice(0, 500)}`, { cause });
}

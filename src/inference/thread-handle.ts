// The main thread's end of one session thread: calls go in, promises come out, a crash rejects them.
import { Worker } from 'node:worker_threads';
import type { Logger } from 'pino';
import { AppError } from '../errors.js';
import type {
  FromThread,
  LoadAnswer,
  RefusedProvider,
  RunAnswer,
  SessionPlan,
  TensorValues,
  ThreadCall,
  ThreadSettings,
  ToThread,
  WarmUp,
} from './thread-protocol.js';

interface ReadyThread {
  readonly providers: readonly string[];
  readonly refused: readonly RefusedProvider[];
}

/** Calls reject with a plain error when the model fails and with AppError UNAVAILABLE when the thread dies. */
export interface SessionThread {
  /** Rejects when the thread dies before it could be used. */
  readonly ready: Promise<ReadyThread>;
  alive(): boolean;
  /** Keys of the sessions that are ready. */
  loaded(): readonly string[];
  /** Loads once however often it is asked; a load that failed is tried anew. */
  load(plan: SessionPlan, warmUps: readonly WarmUp[]): Promise<LoadAnswer>;
  run(key: string, rows: number, tensors: readonly TensorValues[]): Promise<RunAnswer>;
  /** Ends the thread after the calls it was given; never in the middle of one. */
  close(): Promise<void>;
}

interface Waiter {
  settle(message: FromThread): void;
  reject(error: Error): void;
}

/** Starts a thread; `threadUrl` is the compiled `session-thread.js`. */
export function startSessionThread(threadUrl: URL, settings: ThreadSettings, log: Logger): SessionThread {
  const worker = new Worker(threadUrl, { workerData: settings, name: 'vigie-session' });
  const waiters = new Map<number, Waiter>();
  const loads = new Map<string, Promise<LoadAnswer>>();
  const sessions = new Set<string>();
  let nextId = 0;
  let alive = true;
  let closing = false;
  let cause: unknown;

  const stopped = () =>
    new AppError('UNAVAILABLE', 'An inference thread stopped; retry soon.', { cause: cause ?? undefined });
  const gone = new Promise<void>((resolve) => {
    worker.on('error', (error) => (cause = error));
    worker.on('exit', (exitCode) => {
      alive = false;
      for (const waiter of waiters.values()) waiter.reject(stopped());
      waiters.clear();
      sessions.clear();
      if (!closing) log.error({ err: cause, exitCode }, 'an inference thread stopped unexpectedly');
      resolve();
    });
  });
  const ready = new Promise<ReadyThread>((resolve, reject) => {
    worker.on('message', (message: FromThread) => {
      if (message.kind === 'ready') {
        resolve(message);
        return;
      }
      const waiter = waiters.get(message.id);
      waiters.delete(message.id);
      waiter?.settle(message);
    });
    void gone.then(() => reject(stopped()));
  });
  // Nobody waits for a thread that replaces another: its first call tells whether it lives.
  ready.catch(() => undefined);

  function ask<T>(call: ThreadCall, transfer: ArrayBuffer[], answerOf: (m: FromThread) => T | undefined) {
    return new Promise<T>((resolve, reject) => {
      if (!alive || closing) {
        reject(stopped());
        return;
      }
      const id = nextId++;
      const settle = (message: FromThread) => {
        const answer = answerOf(message);
        if (answer !== undefined) resolve(answer);
        else reject(new Error(message.kind === 'failed' ? message.message : 'the thread gave no answer'));
      };
      waiters.set(id, { settle, reject });
      worker.postMessage({ id, call } satisfies ToThread, transfer);
    });
  }

  async function load(plan: SessionPlan, warmUps: readonly WarmUp[]): Promise<LoadAnswer> {
    try {
      const answer = await ask({ kind: 'load', plan, warmUps }, [], (m) =>
        m.kind === 'loaded' ? m.answer : undefined,
      );
      sessions.add(plan.key);
      return answer;
    } catch (error) {
      loads.delete(plan.key);
      throw error;
    }
  }

  return {
    ready,
    alive: () => alive,
    loaded: () => [...sessions],
    load: (plan, warmUps) => {
      const known = loads.get(plan.key) ?? load(plan, warmUps);
      loads.set(plan.key, known);
      return known;
    },
    run: (key, rows, tensors) =>
      ask(
        { kind: 'run', key, rows, tensors },
        tensors.flatMap((t) => (Array.isArray(t) ? [] : [t.buffer])),
        (m) => (m.kind === 'ran' ? m.answer : undefined),
      ),
    close: async () => {
      // Worker.terminate() in the middle of a native call aborts the whole process, so the thread ends itself.
      if (alive && !closing) worker.postMessage({ kind: 'close' } satisfies ToThread);
      closing = true;
      await gone;
    },
  };
}

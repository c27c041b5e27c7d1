// The main thread's end of one session thread: calls go in, promises come out, a crash rejects them.
import { Worker } from 'node:worker_threads';
import type { Logger } from 'pino';
import { AppError } from '../errors.js';
import { ThreadDied } from './inference.js';
import type {
  FromThread,
  LoadAnswer,
  RefusedProvider,
  RunAnswer,
  SessionPlan,
  TensorValues,
  ThreadSettings,
  Tile,
  TilesAnswer,
  ToThread,
} from './thread-protocol.js';

interface ReadyThread {
  readonly providers: readonly string[];
  readonly refused: readonly RefusedProvider[];
}

/** Calls reject with a plain error when the model fails and with ThreadDied (UNAVAILABLE) when the thread dies. */
export interface SessionThread {
  /** Rejects when the thread dies before it could be used. */
  readonly ready: Promise<ReadyThread>;
  alive(): boolean;
  /** What the sessions that are ready are counted with, in bytes, by their numbers; empty once the thread has died. */
  readonly sessions: ReadonlyMap<number, number>;
  /** Loads once however often it is asked; a load that failed is tried anew. */
  load(session: number, plan: SessionPlan): Promise<LoadAnswer>;
  run(session: number, rows: number, tensors: readonly TensorValues[]): Promise<RunAnswer>;
  /** Takes the memory of the tiles along. */
  runTiles(session: number, tiles: readonly Tile[]): Promise<TilesAnswer>;
  /** Lets a session go, after the calls it was given. */
  unload(session: number): void;
  /** Ends the thread after the calls it was given; never in the middle of one. */
  close(): Promise<void>;
}

interface SessionThreadOptions {
  /** The compiled `session-thread.js`. */
  readonly threadUrl: URL;
  readonly settings: ThreadSettings;
  readonly log: Logger;
  /** Called when the thread ends without being asked to, with the sessions that were ready on it. */
  readonly onDeath: (sessions: readonly number[]) => void;
}

interface Waiter {
  settle(message: FromThread): void;
  reject(error: Error): void;
}

/** Starts a thread. */
export function startSessionThread({
  threadUrl,
  settings,
  log,
  onDeath,
}: SessionThreadOptions): SessionThread {
  const worker = new Worker(threadUrl, { workerData: settings, name: 'vigie-session' });
  const waiters = new Map<number, Waiter>();
  const loads = new Map<number, Promise<LoadAnswer>>();
  const sessions = new Map<number, number>();
  let nextId = 0;
  let alive = true;
  let closing = false;
  let cause: unknown;

  const message = 'An inference thread stopped; retry soon.';
  const stopped = () => new AppError('UNAVAILABLE', message, { cause: cause ?? undefined });
  const died = () => new ThreadDied('UNAVAILABLE', message, { cause: cause ?? undefined });
  const gone = new Promise<void>((resolve) => {
    worker.on('error', (error) => (cause = error));
    worker.on('exit', (exitCode) => {
      alive = false;
      for (const waiter of waiters.values()) waiter.reject(died());
      waiters.clear();
      const lost = [...sessions.keys()];
      sessions.clear();
      if (!closing) {
        log.error({ err: cause, exitCode }, 'an inference thread stopped unexpectedly');
        onDeath(lost);
      }
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

  function ask<T>(
    toThread: (id: number) => ToThread,
    transfer: readonly ArrayBuffer[],
    answerOf: (m: FromThread) => T | undefined,
  ) {
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
      worker.postMessage(toThread(id), transfer);
    });
  }

  async function load(session: number, plan: SessionPlan): Promise<LoadAnswer> {
    try {
      const answer = await ask(
        (id) => ({ kind: 'load', id, session, plan }),
        [],
        (m) => (m.kind === 'loaded' ? m.answer : undefined),
      );
      sessions.set(session, answer.bytes);
      return answer;
    } catch (error) {
      loads.delete(session);
      throw error;
    }
  }

  return {
    ready,
    alive: () => alive,
    sessions,
    load: (session, plan) => {
      const known = loads.get(session) ?? load(session, plan);
      loads.set(session, known);
      return known;
    },
    run: (session, rows, tensors) =>
      ask(
        (id) => ({ kind: 'run', id, session, rows, tensors }),
        tensors.flatMap((values) => (Array.isArray(values) ? [] : [values.buffer])),
        (m) => (m.kind === 'ran' ? m.answer : undefined),
      ),
    runTiles: (session, tiles) =>
      ask(
        (id) => ({ kind: 'run-tiles', id, session, tiles }),
        tiles.map(({ buffer }) => buffer),
        (m) => (m.kind === 'ran-tiles' ? m.answer : undefined),
      ),
    unload: (session) => {
      loads.delete(session);
      sessions.delete(session);
      if (alive && !closing) worker.postMessage({ kind: 'unload', session } satisfies ToThread);
    },
    close: async () => {
      // Worker.terminate() in the middle of a native call aborts the whole process, so the thread ends itself.
      if (alive && !closing) worker.postMessage({ kind: 'close' } satisfies ToThread);
      closing = true;
      await gone;
    },
  };
}

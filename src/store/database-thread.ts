// The store's end of the database thread: a statement goes in, its rows come out, a crash rejects it.
import { Worker } from 'node:worker_threads';
import { AppError } from '../errors.js';
import type { DatabaseCall, DatabaseThreadSettings, FromDatabase, ToDatabase } from './embedded-protocol.js';

/** Calls are done in their order; they reject with the database's own error, and with UNAVAILABLE when it dies. */
export interface DatabaseThread {
  alive(): boolean;
  /** A database that gives no answer within `limitMs` is ended as a crash would end it. */
  ask(call: DatabaseCall, limitMs: number): Promise<readonly unknown[]>;
  /** Flushes and ends it after the calls it was given. */
  close(): Promise<void>;
}

interface Waiter {
  settle(answer: FromDatabase): void;
  reject(error: unknown): void;
}

/** Starts the compiled `embedded-thread.js`; resolves when the database is open. `onDeath` hears of an end nobody wanted. */
export async function startDatabaseThread(
  threadUrl: URL,
  settings: DatabaseThreadSettings,
  onDeath: (cause: unknown) => void,
): Promise<DatabaseThread> {
  // Flags of this process (a loader, a script given by --eval) are none of the thread's.
  const worker = new Worker(threadUrl, { workerData: settings, name: 'vigie-database', execArgv: [] });
  let state: 'opening' | 'open' | 'closing' | 'dead' = 'opening';
  let cause: unknown;
  const waiters: Waiter[] = [];
  const next = () =>
    new Promise<FromDatabase>((resolve, reject) => waiters.push({ settle: resolve, reject }));
  const died = () => new AppError('UNAVAILABLE', 'The embedded database stopped; retry soon.', { cause });

  worker.on('error', (error) => (cause ??= error));
  worker.on('message', (answer: FromDatabase) => waiters.shift()?.settle(answer));
  const gone = new Promise<void>((resolve) => {
    worker.once('exit', (exitCode) => {
      cause ??= new Error(`the database thread ended with code ${exitCode}`);
      const wanted = state === 'closing';
      const error = state === 'opening' ? cause : died();
      state = 'dead';
      for (const waiter of waiters.splice(0)) waiter.reject(error);
      if (!wanted && error !== cause) onDeath(cause);
      resolve();
    });
  });
  await next();
  state = 'open';

  return {
    alive: () => state === 'open',
    ask: async (call, limitMs) => {
      if (state !== 'open') throw died();
      const answered = next();
      worker.postMessage(call satisfies ToDatabase);
      const limit = setTimeout(() => {
        cause ??= new Error(`the database gave no answer within ${limitMs} ms`);
        void worker.terminate();
      }, limitMs);
      const answer = await answered.finally(() => clearTimeout(limit));
      if (answer.kind === 'answered') return answer.rows;
      throw refusalOf(answer);
    },
    close: async () => {
      if (state === 'open') worker.postMessage({ kind: 'close' } satisfies ToDatabase);
      state = 'closing';
      await gone;
    },
  };
}

function refusalOf(answer: FromDatabase): Error {
  if (answer.kind !== 'refused') return new Error('The database thread answered something else.');
  return Object.assign(new Error(answer.message), { code: answer.code });
}

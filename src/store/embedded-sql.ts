// PostgreSQL inside this process (PGlite), in a thread of its own, on a folder that nobody else may open.
import type { Logger } from 'pino';
import { AppError } from '../errors.js';
import { startDatabaseThread, type DatabaseThread } from './database-thread.js';
import { createSession, type Sql, type SqlDriver } from './sql.js';

/** Where the database is, and how long a statement may take. */
export interface EmbeddedSqlOptions {
  /** Owned by the caller; an empty one gets a database. */
  readonly dir: string;
  /** The compiled `embedded-thread.js`; by default the one beside this file. */
  readonly threadUrl?: URL | undefined;
  readonly log: Logger;
  readonly statementTimeoutMs?: number;
}

/** Scripts are migrations, which may have to work through old rows. */
const SCRIPT_TIMEOUT_MS = 600_000;

/**
 * Opens or creates the database; it survives a crash, not a power cut. Statements and transactions take turns. A database
 * that dies, or gives no answer in time, fails the call under way with UNAVAILABLE and is opened again by the next one.
 */
export async function openEmbeddedSql(options: EmbeddedSqlOptions): Promise<Sql> {
  const { dir, log, statementTimeoutMs = 30_000 } = options;
  const threadUrl = options.threadUrl ?? new URL('./embedded-thread.js', import.meta.url);
  const open = () =>
    startDatabaseThread(threadUrl, { dir }, (cause) =>
      log.error({ err: cause }, 'the embedded database stopped; the next call opens it again'),
    );
  let thread = await open();
  let closing: Promise<void> | undefined;
  let last: Promise<unknown> = Promise.resolve();

  const inTurn = async <T>(work: (thread: DatabaseThread) => Promise<T>): Promise<T> => {
    if (closing !== undefined) throw new AppError('UNAVAILABLE', 'The embedded database is closed.');
    const turn = last.then(async () => {
      if (!thread.alive()) thread = await reopen(open);
      return work(thread);
    });
    last = turn.catch(() => undefined);
    return turn;
  };
  const driverOn = (turn: typeof inTurn): SqlDriver => ({
    query: (text, values) => turn((one) => one.ask({ kind: 'query', text, values }, statementTimeoutMs)),
    script: async (text) => {
      await turn((one) => one.ask({ kind: 'script', text }, SCRIPT_TIMEOUT_MS));
    },
  });
  return {
    ...createSession(driverOn(inTurn)),
    transaction: (work) =>
      inTurn(async (one) => {
        const session = createSession(driverOn((call) => call(one)));
        await session.run('BEGIN');
        try {
          const answer = await work(session);
          await session.run('COMMIT');
          return answer;
        } catch (error) {
          // A database that died has rolled back by itself.
          await session.run('ROLLBACK').catch(() => undefined);
          throw error;
        }
      }),
    close: () => (closing ??= last.then(() => thread.close())),
  };
}

async function reopen(open: () => Promise<DatabaseThread>): Promise<DatabaseThread> {
  try {
    return await open();
  } catch (cause) {
    throw new AppError('UNAVAILABLE', 'The embedded database cannot be opened again.', { cause });
  }
}

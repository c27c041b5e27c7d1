// PostgreSQL inside this process (PGlite), on a folder that nobody else may open.
import type { PGlite, Transaction } from '@electric-sql/pglite';
import { toStoreError } from './database-errors.js';
import { createSession, type Sql, type SqlDriver } from './sql.js';

/** Opens or creates the database in `dir`; the caller owns the folder. It survives a crash, not a power cut. */
export async function openEmbeddedSql(dir: string): Promise<Sql> {
  // Loaded only here: it is large, and processes that use a server need none of it.
  const { PGlite } = await import('@electric-sql/pglite');
  const database = await PGlite.create({ dataDir: dir });
  let closing: Promise<void> | undefined;
  return {
    ...createSession(driverOn(database)),
    transaction: (work) =>
      named(() => database.transaction((session) => work(createSession(driverOn(session))))),
    close: () => (closing ??= database.close()),
  };
}

function driverOn(target: PGlite | Transaction): SqlDriver {
  return {
    query: async (text, values) => (await named(() => target.query(text, [...values]))).rows,
    script: async (text) => {
      await named(() => target.exec(text));
    },
  };
}

async function named<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw toStoreError(error);
  }
}

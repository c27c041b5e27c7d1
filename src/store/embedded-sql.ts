// PostgreSQL inside this process (PGlite), on a folder that nobody else may open.
import type { PGlite, Transaction } from '@electric-sql/pglite';
import { withStoreErrors } from './database-errors.js';
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
      withStoreErrors(() => database.transaction((session) => work(createSession(driverOn(session))))),
    close: () => (closing ??= database.close()),
  };
}

function driverOn(target: PGlite | Transaction): SqlDriver {
  return {
    query: async (text, values) => (await target.query(text, [...values])).rows,
    script: async (text) => {
      await target.exec(text);
    },
  };
}

// Brings a database to the tables this code needs, once, however many processes start together.
import { z } from 'zod';
import { tables } from './migrations/0001-tables.js';
import { plainPredictions } from './migrations/0002-plain-predictions.js';
import { pictures } from './migrations/0003-pictures.js';
import type { Sql } from './sql.js';

/** Listed in order; a migration that was ever released is never changed, another one follows it. */
const MIGRATIONS: readonly Migration[] = [tables, plainPredictions, pictures];

interface Migration {
  readonly number: number;
  readonly name: string;
  readonly script: string;
}

/** Any number that no other program is likely to lock; held until the transaction ends. */
const LOCK = 7_163_001;

/** Applies what is missing, all or nothing; answers their names. Throws when the database is ahead of this code. */
export async function migrate(sql: Sql): Promise<string[]> {
  return sql.transaction(async (session) => {
    await session.run('SELECT pg_advisory_xact_lock($1::bigint)', [LOCK]);
    await session.run(`CREATE TABLE IF NOT EXISTS vigie_migrations (
      number int PRIMARY KEY, name text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())`);
    const [last] = await session.query(
      'SELECT coalesce(max(number), 0)::int AS number FROM vigie_migrations',
      [],
      z.object({ number: z.int() }),
    );
    const at = last?.number ?? 0;
    const newest = MIGRATIONS.at(-1)?.number ?? 0;
    if (at > newest) {
      throw new Error(
        `The database is at migration ${at}, this version of Vigie knows ${newest}: start the newer Vigie, or use another database.`,
      );
    }
    const missing = MIGRATIONS.filter((migration) => migration.number > at);
    for (const { number, name, script } of missing) {
      await session.script(script);
      await session.run('INSERT INTO vigie_migrations (number, name) VALUES ($1::int, $2::text)', [
        number,
        name,
      ]);
    }
    return missing.map(({ name }) => name);
  });
}

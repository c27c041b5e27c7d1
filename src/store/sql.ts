// The one way to the database: SQL text in, parsed rows out, the same for a server and for the embedded one.
import type { ZodType } from 'zod';
import { withStoreErrors } from './database-errors.js';

/** What may stand for a `$1` of a statement; bytes are a value in the binary form of the type it is cast to. */
export type SqlValue = string | number | boolean | null | readonly string[] | readonly number[] | Uint8Array;

/** Runs statements on one connection or on any of a pool. Errors are those of `toStoreError`. */
export interface SqlSession {
  /** One statement with `$1`, `$2`...; every row is parsed by `row`, and one that does not fit throws. */
  query<T>(text: string, values: readonly SqlValue[], row: ZodType<T>): Promise<T[]>;
  /** One statement whose rows, if any, nobody reads. */
  run(text: string, values?: readonly SqlValue[]): Promise<void>;
  /** Several statements without values, as in a migration. */
  script(text: string): Promise<void>;
}

/** A database: a session on any connection, and transactions each on one. */
export interface Sql extends SqlSession {
  /** All or nothing: commits when `work` resolves, rolls back when it rejects. */
  transaction<T>(work: (session: SqlSession) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** Builds a session on whatever sends statements, so that rows are parsed and errors named in one place. */
export function createSession(driver: SqlDriver): SqlSession {
  return {
    query: async (text, values, row) =>
      (await withStoreErrors(() => driver.query(text, values))).map((raw) => row.parse(raw)),
    run: async (text, values = []) => {
      await withStoreErrors(() => driver.query(text, values));
    },
    script: (text) => withStoreErrors(() => driver.script(text)),
  };
}

/** What sends statements; its errors are the driver's own. */
export interface SqlDriver {
  query(text: string, values: readonly SqlValue[]): Promise<readonly unknown[]>;
  script(text: string): Promise<void>;
}

// PostgreSQL over the network: a pool that survives a lost server and answers fast while it is away.
import pg from 'pg';
import type { Logger } from 'pino';
import { toStoreError } from './database-errors.js';
import { createSession, type Sql, type SqlDriver, type SqlValue } from './sql.js';

export interface ServerSqlOptions {
  readonly databaseUrl: string;
  readonly log: Logger;
  /** The server gives a statement up after this long; this side one second later, when the server is mute. */
  readonly statementTimeoutMs?: number;
}

const CONNECT_TIMEOUT_MS = 1_000;

/** Connects on first use and again after every loss; never throws by itself, only from the calls made on it. */
export function openServerSql({ databaseUrl, log, statementTimeoutMs = 5_000 }: ServerSqlOptions): Sql {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    application_name: 'vigie',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: statementTimeoutMs,
    query_timeout: statementTimeoutMs + 1_000,
    keepAlive: true,
  });
  pool.on('error', (error) => log.warn({ reason: error.message }, 'an idle database connection was lost'));
  // A connection that breaks while it is lent out raises its error on itself; unheard, that ends the process.
  pool.on('connect', (client) => client.on('error', ignore));
  let closing: Promise<void> | undefined;
  return {
    ...createSession(driverOn(pool)),
    transaction: async (work) => {
      const client = await named(() => pool.connect());
      const driver = driverOn(client);
      try {
        await driver.query('BEGIN', []);
        const answer = await work(createSession(driver));
        await driver.query('COMMIT', []);
        client.release();
        return answer;
      } catch (error) {
        // Closing the connection rolls back, also when it is too broken to be told so.
        client.release(true);
        throw error;
      }
    },
    close: () => (closing ??= pool.end()),
  };
}

interface Queryable {
  query(text: string, values?: unknown[]): Promise<{ rows: unknown[] }>;
}

function driverOn(target: Queryable): SqlDriver {
  const query = async (text: string, values: readonly SqlValue[]) =>
    (await named(() => target.query(text, [...values]))).rows;
  return {
    query,
    script: async (text) => {
      await named(() => target.query(text));
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

function ignore(): void {
  // The call in flight rejects with the same error.
}

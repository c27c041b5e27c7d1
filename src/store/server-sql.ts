// PostgreSQL over the network: a pool that survives a lost server and answers fast while it is away.
import pg from 'pg';
import type { Logger } from 'pino';
import { withStoreErrors } from './database-errors.js';
import { createSession, type Sql, type SqlDriver } from './sql.js';

/** Which server, and how long a statement may take. */
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
      const client = await withStoreErrors(() => pool.connect());
      const session = createSession(driverOn(client));
      try {
        await session.run('BEGIN');
        const answer = await work(session);
        await session.run('COMMIT');
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
  return {
    query: async (text, values) => (await target.query(text, [...values])).rows,
    script: async (text) => {
      await target.query(text);
    },
  };
}

function ignore(): void {
  // The call in flight rejects with the same error.
}

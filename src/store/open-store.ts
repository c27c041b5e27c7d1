// Opens the store: on a PostgreSQL server when a URL is given, else on the embedded one, with its tables up to date.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { AppError } from '../errors.js';
import { createAlertStore, deleteOldAlerts } from './alert.store.js';
import { takeOwnership } from '../data-folder/data-ownership.js';
import { within } from '../time-limit.js';
import { createDayPartitions } from './day-partitions.js';
import { openEmbeddedSql } from './embedded-sql.js';
import { createMeasurementStore } from './measurement.store.js';
import { migrate } from './migrate.js';
import { readLog } from './prediction-log.js';
import { createPredictionStore } from './prediction.store.js';
import { openServerSql } from './server-sql.js';
import type { Sql } from './sql.js';
import type { Store } from './store.js';

/** Where the database is; times in ms. */
export interface OpenStoreOptions {
  readonly databaseUrl?: string | undefined;
  /** The embedded database lives in `postgres` below it. */
  readonly dataDir: string;
  /** The compiled program of its thread, where that does not lie beside the code that runs. */
  readonly threadUrl?: URL;
  readonly log: Logger;
  readonly now: () => number;
  /** How long a start waits for a server that is away. */
  readonly startTimeoutMs?: number;
}

/** Throws, without the password, when the database stays away, is ahead of this code, or has another owner. */
export async function openStore(options: OpenStoreOptions): Promise<Store> {
  const { databaseUrl } = options;
  return databaseUrl === undefined ? openEmbedded(options) : openServer({ ...options, databaseUrl });
}

const DAY_MS = 86_400_000;
const RETRY_MS = 500;

/** Migrations may have to wait for those of another process, and to work through old rows. */
const MIGRATION_TIMEOUT_MS = 600_000;

async function openServer(options: OpenStoreOptions & { databaseUrl: string }): Promise<Store> {
  const { databaseUrl, log, now, startTimeoutMs = 30_000 } = options;
  const place = describeUrl(databaseUrl);
  const deadline = now() + startTimeoutMs;
  const sql = openServerSql({ databaseUrl, log, statementTimeoutMs: MIGRATION_TIMEOUT_MS });
  try {
    for (;;) {
      try {
        logMigrations(log, await migrate(sql));
        break;
      } catch (error) {
        if (!(error instanceof AppError && error.retryable)) throw startError(place, error);
        if (now() >= deadline) throw startError(place, error.cause ?? error);
        log.warn({ place, reason: reasonOf(error.cause) }, 'waiting for the database');
      }
      await new Promise((resume) => setTimeout(resume, RETRY_MS));
    }
  } finally {
    await sql.close();
  }
  return createStore(openServerSql({ databaseUrl, log }));
}

async function openEmbedded({ dataDir, threadUrl, log }: OpenStoreOptions): Promise<Store> {
  const dir = join(dataDir, 'postgres');
  const ownership = await takeOwnership(
    dir,
    'Stop it first, or set DATABASE_URL: a PostgreSQL server can be shared by several processes.',
  );
  try {
    const data = join(dir, 'data');
    await mkdir(data, { recursive: true });
    const sql = await openEmbeddedSql({ dir: data, threadUrl, log });
    try {
      logMigrations(log, await migrate(sql));
    } catch (error) {
      // Before the folder is given up: the next owner must find nobody in it.
      await sql.close();
      throw error;
    }
    return createStore({ ...sql, close: () => sql.close().finally(() => ownership.release()) });
  } catch (error) {
    await ownership.release();
    throw error;
  }
}

function createStore(sql: Sql): Store {
  const partitions = createDayPartitions(sql);
  return {
    predictions: createPredictionStore(sql, partitions),
    measurements: createMeasurementStore(sql, partitions),
    alerts: createAlertStore(sql),
    log: (query) => readLog(sql, query),
    enforceRetention: async (days, now) => {
      const cutoff = now - days * DAY_MS;
      await deleteOldAlerts(sql, cutoff);
      return partitions.dropBefore(cutoff);
    },
    ping: (timeoutMs) =>
      within(
        timeoutMs,
        sql.run('SELECT 1'),
        () => new AppError('UNAVAILABLE', `The database did not answer within ${timeoutMs} ms.`),
      ),
    close: () => sql.close(),
  };
}

function describeUrl(databaseUrl: string): string {
  try {
    const { host, pathname } = new URL(databaseUrl);
    return `${host}${pathname}`;
  } catch {
    // The cause would quote the URL, and with it the password.
    throw new Error('DATABASE_URL is not a URL such as postgres://user:password@host:5432/database.');
  }
}

function startError(place: string, cause: unknown): Error {
  return new Error(`The database at ${place} cannot be used: ${reasonOf(cause)}`, { cause });
}

/** The words of a network error; one that tried several addresses has none of its own, but a code. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message !== '' ? error.message : 'code' in error ? String(error.code) : error.name;
}

function logMigrations(log: Logger, names: readonly string[]): void {
  if (names.length > 0) log.info({ migrations: names }, 'the database was brought up to date');
}

// Sorts what a database throws: out of reach (try again), bad data (never will work), or a bug.
import { AppError } from '../errors.js';

/** An AppError UNAVAILABLE when trying again later can help; every other error as it came. */
export function toStoreError(error: unknown): unknown {
  if (error instanceof AppError || !isPassing(error)) return error;
  return new AppError('UNAVAILABLE', 'The database cannot be reached; retry soon.', { cause: error });
}

/** Passes on what `call` answers; what it throws goes through `toStoreError`. */
export async function withStoreErrors<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw toStoreError(error);
  }
}

/** True when these rows will never be accepted, however often they are offered. */
export function isDataError(error: unknown): boolean {
  if (error instanceof AppError) return error.code === 'INVALID_INPUT';
  return DATA_SQLSTATE.test(sqlStateOf(error) ?? '');
}

/** The five letters by which Postgres names an error; safe to log, unlike its message, which may quote values. */
export function sqlStateOf(error: unknown): string | undefined {
  const code = codeOf(error);
  return code !== undefined && /^[0-9A-Z]{5}$/.test(code) && !NETWORK_CODES.has(code) ? code : undefined;
}

/** 22 data exception, 23 integrity constraint, 54 too large for an index or a type. */
const DATA_SQLSTATE = /^(?:22|23|54)/;

/**
 * 08 connection, 53 out of resources, 57P shutting down or starting, 58 disk; cancelled by time-out, lock not
 * granted, serialization failure, deadlock, and a server that turned into a read-only standby.
 */
const PASSING_SQLSTATE = /^(?:08...|53...|57P..|58...|57014|55P03|40001|40P01|25006)$/;

const NETWORK_CODES: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENOENT',
]);

// The driver gives these no code: connections that were lost, timed out or closed.
const PASSING_MESSAGE =
  /connection terminated|timeout exceeded when trying to connect|query read timeout|not queryable|calling end on the pool/i;

function isPassing(error: unknown): boolean {
  const code = codeOf(error);
  if (code !== undefined) return NETWORK_CODES.has(code) || PASSING_SQLSTATE.test(code);
  return error instanceof Error && PASSING_MESSAGE.test(error.message);
}

function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

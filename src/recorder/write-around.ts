// Writes a batch although some of its rows can never be written.
import { isDataError } from '../store/database-errors.js';

/** A row that the database will never take, and its error. */
export interface RefusedRow<T> {
  readonly row: T;
  readonly error: unknown;
}

/**
 * Writes all rows but those that the database refuses for what they hold, and answers these in order. A batch that fails
 * so is halved until the row stands alone. Rejects on every other error; rows may then be written in part.
 */
export async function writeAround<T>(
  rows: readonly T[],
  write: (rows: readonly T[]) => Promise<void>,
): Promise<RefusedRow<T>[]> {
  const [first] = rows;
  if (first === undefined) return [];
  try {
    await write(rows);
    return [];
  } catch (error) {
    if (!isDataError(error)) throw error;
    if (rows.length === 1) return [{ row: first, error }];
    const middle = rows.length >>> 1;
    const before = await writeAround(rows.slice(0, middle), write);
    return [...before, ...(await writeAround(rows.slice(middle), write))];
  }
}

// Writes a batch although some of its rows can never be written.
import { isDataError } from '../store/database-errors.js';

/**
 * Writes all rows but those that the database refuses for what they hold, which are handed to `refuse`. A batch that fails
 * so is halved until the row stands alone. Rejects on every other error; rows may then be written in part.
 */
export async function writeAround<T>(
  rows: readonly T[],
  write: (rows: readonly T[]) => Promise<void>,
  refuse: (row: T, error: unknown) => void,
): Promise<void> {
  const [first] = rows;
  if (first === undefined) return;
  try {
    await write(rows);
  } catch (error) {
    if (!isDataError(error)) throw error;
    if (rows.length === 1) {
      refuse(first, error);
      return;
    }
    const middle = rows.length >>> 1;
    await writeAround(rows.slice(0, middle), write, refuse);
    await writeAround(rows.slice(middle), write, refuse);
  }
}

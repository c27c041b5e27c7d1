// Splits a large write into statements that each stay short.

/**
 * Small enough that the embedded database, which works on the event loop of the process, holds it for some tens of
 * milliseconds only; large enough that a statement's own cost does not count.
 */
const CHUNK_ROWS = 500;

/** Writes the rows in order; where it rejects, the chunks before are written. */
export async function writeInChunks<T>(
  rows: readonly T[],
  write: (chunk: readonly T[]) => Promise<void>,
): Promise<void> {
  for (let start = 0; start < rows.length; start += CHUNK_ROWS) {
    await write(rows.slice(start, start + CHUNK_ROWS));
    // Lets requests that wait be answered between two chunks.
    await new Promise((resume) => setImmediate(resume));
  }
}

// Splits a large write into statements that each stay short.

/**
 * So many that a statement's own cost does not count, and few enough that making one ready holds up the event loop, and
 * carrying it out the others who wait for the embedded database, for some milliseconds only.
 */
const CHUNK_ROWS = 1_000;

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

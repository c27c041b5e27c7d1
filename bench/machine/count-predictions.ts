// Whether what was read from a stream is in the database.
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';

const ATTEMPTS = 20;
const BETWEEN_MS = 500;

/** How many predictions are stored; looks again for a while as long as they are fewer than `expected`. */
export async function countPredictions(url: string, expected: number): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (let attempt = 1; ; attempt += 1) {
      const { rows } = await client.query<{ count: string }>('SELECT count(*) AS count FROM predictions');
      const stored = Number(rows[0]?.count);
      if (stored >= expected || attempt === ATTEMPTS) return stored;
      await delay(BETWEEN_MS);
    }
  } finally {
    await client.end();
  }
}

// An embedded database as a first start leaves it. Making one takes seconds, so it is made once a run and copied from then on.
import { cp, mkdtemp, rename, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { openStore } from '../../src/store/open-store.js';
import { databaseThreadUrl } from './database-thread-url.js';

/** Where the files of one test run lie; told by its set-up. */
export const RUN_DIR = 'VIGIE_TEST_RUN_DIR';

/** Puts a database with an empty store into a data folder that has none. */
export async function putFreshDatabase(dataDir: string): Promise<void> {
  const runDir = process.env[RUN_DIR];
  if (runDir === undefined) throw new Error(`${RUN_DIR} is not set: test/support/build.ts sets it`);
  const made = join(runDir, 'database');
  if (!existsSync(made)) await make(runDir, made);
  await cp(made, dataDir, { recursive: true });
}

async function make(runDir: string, target: string): Promise<void> {
  const making = await mkdtemp(join(runDir, 'making-'));
  const log = pino({ level: 'silent' });
  const store = await openStore({ dataDir: making, threadUrl: databaseThreadUrl, log, now: Date.now });
  await store.close();
  // Whoever comes second has made another one for nothing.
  await rename(making, target).catch(() => rm(making, { recursive: true, force: true }));
}

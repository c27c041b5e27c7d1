// Stores for the contract suite: the embedded one always, one on a PostgreSQL server where that is installed.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { openStore } from '../../src/store/open-store.js';
import type { Store } from '../../src/store/store.js';
import { databaseThreadUrl } from './database-thread-url.js';
import { putFreshDatabase } from './fresh-database.js';
import { postgresAvailable, startPrivatePostgres } from './private-postgres.js';

export interface PrivateStore {
  readonly store: Store;
  /** A second store on the same database, as another process has it; undefined for the embedded one. */
  readonly another: (() => Promise<Store>) | undefined;
  /** Closes the store and removes its data. */
  stop(): Promise<void>;
}

export interface StoreKind {
  readonly name: string;
  readonly available: boolean;
  start(): Promise<PrivateStore>;
}

/** For `describe.skipIf(!kind.available)`, so that a suite that does not run says so by name. */
export function storeKinds(): StoreKind[] {
  return [
    { name: 'embedded PGlite', available: true, start: startEmbedded },
    { name: 'PostgreSQL server', available: postgresAvailable(), start: startServer },
  ];
}

const log = pino({ level: 'silent' });

async function startEmbedded(): Promise<PrivateStore> {
  const dataDir = await mkdtemp(join(tmpdir(), 'vigie-store-'));
  await putFreshDatabase(dataDir);
  const store = await openStore({ dataDir, threadUrl: databaseThreadUrl, log, now: Date.now });
  return {
    store,
    another: undefined,
    stop: async () => {
      await store.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function startServer(): Promise<PrivateStore> {
  const postgres = await startPrivatePostgres();
  const opened: Store[] = [];
  const open = async () => {
    const store = await openStore({ databaseUrl: postgres.url, dataDir: tmpdir(), log, now: Date.now });
    opened.push(store);
    return store;
  };
  return {
    store: await open(),
    another: open,
    stop: async () => {
      await Promise.all(opened.map((store) => store.close()));
      await postgres.stop();
    },
  };
}

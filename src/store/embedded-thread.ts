// The program of the database thread: PostgreSQL as WebAssembly (PGlite) on a folder, one statement after the other.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { isMainThread, parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import type { DatabaseCall, DatabaseThreadSettings, FromDatabase, ToDatabase } from './embedded-protocol.js';

/** Less than half of what PGlite takes by itself, and no slower: the system keeps the rest of the files in memory. */
const SETTINGS = ['shared_buffers=64MB', 'max_wal_size=64MB', 'min_wal_size=32MB'];

/**
 * Alone in its process PostgreSQL makes no checkpoint before it is closed: its log would grow until then, and a start
 * after a crash would work through all of it. About twice as much is written as comes in.
 */
const CHECKPOINT_AFTER_BYTES = 16 * 1024 * 1024;

// Loaded in the main thread (by a tool or a test) this file does nothing.
if (!isMainThread && parentPort !== null) await serve(parentPort, workerData as DatabaseThreadSettings);

async function serve(port: MessagePort, { dir }: DatabaseThreadSettings): Promise<void> {
  const database = await PGlite.create({
    dataDir: dir,
    startParams: [...PGlite.defaultStartParams, ...SETTINGS.flatMap((setting) => ['-c', setting])],
  });
  const say = (message: FromDatabase) => port.postMessage(message);
  let uncheckedBytes = 0;
  let last = Promise.resolve();
  port.on('message', (message: ToDatabase) => {
    last = last.then(async () => {
      if (message.kind === 'close') {
        await database.close();
        port.close();
        return;
      }
      say(await answer(database, message));
      uncheckedBytes += sizeOf(message);
      // Refused inside a transaction it would spoil that one, and in a spoilt one it is refused.
      if (uncheckedBytes < CHECKPOINT_AFTER_BYTES || database.isInTransaction()) return;
      uncheckedBytes = 0;
      // Where it is refused, nobody waits for it: the next one follows after as many bytes.
      await answer(database, { kind: 'query', text: 'CHECKPOINT', values: [] });
    });
  });
  say({ kind: 'ready' });
  setImmediate(collectGarbage);
}

/** What made a new database is half a gigabyte of garbage, of which a thread with room for more would not be rid for hours. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  setFlagsFromString('--no-expose-gc');
}

async function answer(database: PGlite, call: DatabaseCall): Promise<FromDatabase> {
  try {
    if (call.kind === 'query') {
      const { rows } = await database.query(call.text, [...call.values]);
      return { kind: 'answered', rows };
    }
    await database.exec(call.text);
    // A script may have made types, and the library passes bytes on only for types it knows.
    await database.refreshArrayTypes();
    return { kind: 'answered', rows: [] };
  } catch (error) {
    // What the database did not say itself (it aborted, it ran out of memory) leaves it in a state that nobody knows.
    if (!(error instanceof Error && 'code' in error && typeof error.code === 'string')) throw error;
    return { kind: 'refused', message: error.message, code: error.code };
  }
}

function sizeOf(call: DatabaseCall): number {
  if (call.kind === 'script') return call.text.length;
  return call.values.reduce<number>((size, value) => {
    if (value instanceof Uint8Array) return size + value.byteLength;
    return typeof value === 'string' ? size + value.length : size;
  }, 0);
}

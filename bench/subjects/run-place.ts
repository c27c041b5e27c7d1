// Where one run of the benchmark keeps what it makes.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Cleanup } from '../machine/cleanup.js';

export interface RunPlace {
  readonly cleanup: Cleanup;
  /** Of this run alone, removed at its end; holds outputs and data folders. */
  readonly dir: string;
  readonly modelsDir: string;
}

export function makeRunPlace(cleanup: Cleanup): RunPlace {
  const dir = mkdtempSync(join(tmpdir(), 'vigie-bench-'));
  // As the very last thing: what is still being written when a run is broken off would make the folder anew.
  process.once('exit', () => rmSync(dir, { recursive: true, force: true }));
  return { cleanup, dir, modelsDir: join(dir, 'models') };
}

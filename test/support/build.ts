// Before the tests: a Redis server on this machine, src/ compiled to dist/, a folder for this run, and a word on what cannot be tested here.
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { provideRedisServer } from '../../src/redis/install-redis.js';
import { RUN_DIR } from './fresh-database.js';
import { whatIsLeftOut } from './left-out.js';

const ROOT = join(import.meta.dirname, '..', '..');
const NOTHING_EMITTED = 1;

/** Run by vitest. What is missing ends the run with one message that says what to do. */
export default async function prepare(): Promise<() => Promise<void>> {
  const log = pino({}, { write: sayMessage });
  try {
    await provideRedisServer({ allowInstall: process.env['INSTALL_REDIS'] !== 'false', log });
    for (const line of whatIsLeftOut()) console.log(line);
    await build();
    const runDir = await mkdtemp(join(tmpdir(), 'vigie-tests-'));
    process.env[RUN_DIR] = runDir;
    return () => rm(runDir, { recursive: true, force: true });
  } catch (error) {
    // Thrown on, it would be buried in a stack and in talk of tests that were not found.
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  }
}

/** Inference threads and whole processes run the compiled program. Type errors stop nothing here; `npm run check` fails on them. */
async function build(): Promise<void> {
  const compiler = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  const { code, output } = await new Promise<{ code: unknown; output: string }>((resolve) => {
    execFile(
      process.execPath,
      [compiler, '-p', 'tsconfig.build.json'],
      { cwd: ROOT },
      (error, stdout, stderr) => resolve({ code: error?.code ?? 0, output: stdout + stderr }),
    );
  });
  if (code === NOTHING_EMITTED) throw new Error(`src/ could not be compiled:\n${output}`);
  if (code !== 0) console.warn(output);
}

function sayMessage(line: string): void {
  console.log((JSON.parse(line) as { msg: string }).msg);
}

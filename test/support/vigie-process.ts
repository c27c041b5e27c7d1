// The built program as a process of its own, as an operator runs it: started, stopped, or killed.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { putFreshDatabase } from './fresh-database.js';

const ROOT = join(import.meta.dirname, '..', '..');

export interface VigieProcess {
  readonly url: string;
  readonly pid: number;
  /** The log so far, one parsed JSON line each. */
  readonly lines: readonly Readonly<Record<string, unknown>>[];
  /** What it wrote to stderr so far: nothing, as long as it handles its own errors. */
  errorOutput(): string;
  /** Resolves with the exit code when it has ended, by whatever cause. */
  readonly ended: Promise<number | null>;
  /** SIGSTOP: it keeps its connections and does nothing. */
  pause(): void;
  resume(): void;
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>;
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>;
}

/** Settings that make monitors and alerts quick, so that a test sees a whole story within seconds. */
export const QUICK = { EVALUATE_EVERY_MS: '200', ALERT_FOR_MS: '400', ALERT_KEEP_FIRING_MS: '600' };

/** Starts the built program on a free port and resolves when it is ready; rejects with its output when it ends before. */
export async function startVigie(env: Readonly<Record<string, string>>): Promise<VigieProcess> {
  const child = spawn(process.execPath, ['dist/main.js'], {
    cwd: ROOT,
    env: { PATH: process.env['PATH'], NODE_ENV: 'test', PORT: '0', LOG_LEVEL: 'info', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: Record<string, unknown>[] = [];
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const exited = once(child, 'exit') as Promise<[number | null]>;
  const ready = new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (text) => {
      const line = JSON.parse(text) as Record<string, unknown>;
      lines.push(line);
      if (line['event'] === 'ready') resolve(String(line['url']));
    });
    void exited.then(() =>
      reject(new Error(`ended before it was ready: ${errors}\n${JSON.stringify(lines.slice(-5))}`)),
    );
  });
  const url = await ready;
  return {
    url,
    pid: child.pid ?? 0,
    lines,
    errorOutput: () => errors,
    ended: exited.then(([code]) => code),
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    async stop() {
      child.kill('SIGTERM');
      const [code] = await exited;
      return code;
    },
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/** A data folder of its own, as a first start leaves it, or empty as before that; removed at the end. */
export async function privateDataDir({ empty = false } = {}): Promise<{
  dir: string;
  remove(): Promise<void>;
}> {
  const dir = await mkdtemp(join(tmpdir(), 'vigie-data-'));
  if (!empty) await putFreshDatabase(dir);
  return { dir, remove: () => rm(dir, { recursive: true, force: true }) };
}

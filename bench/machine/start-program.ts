// One program under measurement as a process of its own, its output in a file.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Cleanup } from './cleanup.js';
import { killTree } from './process-tree.js';

export interface Program {
  readonly pid: number;
  readonly url: string;
  /** Asks it to stop, and ends it with all it started when it does not; the cleanup does so too. */
  readonly stop: () => Promise<void>;
}

export interface ProgramOptions {
  /** Names the file of its output. */
  readonly name: string;
  /** Arguments of node. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Runs on this processor core alone; `canPin` says whether that can be had. */
  readonly core?: number;
  readonly outputDir: string;
}

const READY = /"event":"ready".*"url":"([^"]+)"/;
const READY_WITHIN_MS = 120_000;
const STOP_WITHIN_MS = 20_000;

/** Whether `taskset` is installed. */
export function canPin(): boolean {
  return spawnSync('taskset', ['--version']).status === 0;
}

/** Resolves with the URL of its ready line; rejects with the end of its output when it ends before. */
export async function startProgram(cleanup: Cleanup, options: ProgramOptions): Promise<Program> {
  const { name, args, env, cwd, core, outputDir } = options;
  const outputFile = join(outputDir, `${name}.log`);
  const output = openSync(outputFile, 'w');
  const command = [process.execPath, ...args];
  const [program = '', ...rest] = core === undefined ? command : ['taskset', '-c', String(core), ...command];
  // A group of its own keeps the terminal's Ctrl-C from it; over the channel it notices when this process dies.
  const child = spawn(program, rest, {
    cwd,
    env: { PATH: process.env['PATH'], NODE_ENV: 'production', PORT: '0', LOG_LEVEL: 'info', ...env },
    stdio: ['ignore', output, output, 'ipc'],
    detached: true,
  });
  const { pid } = child;
  const exited = once(child, 'exit').catch(() => undefined);
  const ended = () => child.exitCode !== null || child.signalCode !== null || pid === undefined;
  const stop = async () => {
    if (ended() || pid === undefined) return;
    child.kill('SIGTERM');
    const kill = setTimeout(() => killTree(pid), STOP_WITHIN_MS);
    await exited;
    clearTimeout(kill);
  };
  cleanup.add(stop);
  const giveUpAt = performance.now() + READY_WITHIN_MS;
  while (performance.now() < giveUpAt) {
    const text = readFileSync(outputFile, 'utf8');
    const url = READY.exec(text)?.[1];
    if (url !== undefined && pid !== undefined) return { pid, url, stop };
    if (ended()) throw new Error(`${name} ended before it was ready:\n${text.slice(-4000)}`);
    await delay(50);
  }
  throw new Error(`${name} was not ready within ${READY_WITHIN_MS / 1000} s; its output is in ${outputFile}`);
}

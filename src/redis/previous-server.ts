// Ends a private server that outlived the process which started it, so that no folder ever has two.
import { readFile, readlink, realpath, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { z } from 'zod';
import { isProcessAlive, processStart } from '../data-folder/process-identity.js';
import { sendOneCommand, type LocalServer } from './one-command.js';
import { pidFileOf } from './redis-child.js';

const serverSchema = z.object({ port: z.int(), password: z.string() });
const GRACE_MS = 5000;

/** Keeps port and password for the next start, readable by this user alone. */
export async function remember(dir: string, server: LocalServer): Promise<void> {
  const draft = `${fileOf(dir)}.new`;
  await writeFile(draft, JSON.stringify(server), { mode: 0o600 });
  await rename(draft, fileOf(dir));
}

/** What the last start kept; undefined at the first start or when it cannot be read. */
export async function readPrevious(dir: string): Promise<LocalServer | undefined> {
  try {
    return serverSchema.parse(JSON.parse(await readFile(fileOf(dir), 'utf8')));
  } catch {
    return undefined;
  }
}

/** Resolves when no server runs on the folder any more; throws when one can be neither asked nor made to end. */
export async function endPreviousServer(
  dir: string,
  previous: LocalServer | undefined,
  log: Logger,
): Promise<void> {
  const pid = await findServer(dir, previous);
  if (pid === undefined) return;
  const start = await processStart(pid);
  log.warn({ pid }, 'a private Redis was left running by an earlier process; shutting it down');
  if (previous !== undefined) await sendOneCommand(previous, 'SHUTDOWN', GRACE_MS).catch(() => undefined);
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    if (await isGone(pid, start)) return;
    process.kill(pid, signal);
  }
  if (!(await isGone(pid, start)))
    throw new Error(`The Redis server with process id ${pid} in ${dir} does not end; stop it.`);
}

/** The process id of a server that runs on the folder; a number that went to another program since is not one. */
async function findServer(dir: string, previous: LocalServer | undefined): Promise<number | undefined> {
  const pid = Number(await readFile(pidFileOf(dir), 'utf8').catch(() => '0'));
  if (!Number.isInteger(pid) || pid <= 0 || !(await isProcessAlive(pid, null))) return undefined;
  if (process.platform === 'linux') {
    // Redis works in its data folder.
    const workingDir = await readlink(`/proc/${pid}/cwd`).catch(() => undefined);
    return workingDir === (await realpath(dir)) ? pid : undefined;
  }
  if (previous === undefined) return undefined;
  const reply = await sendOneCommand(previous, 'PING', 1000).catch(() => '');
  return /^(\+PONG|-LOADING|-MISCONF|-BUSY)/.test(reply) ? pid : undefined;
}

async function isGone(pid: number, start: string | null): Promise<boolean> {
  const deadline = performance.now() + GRACE_MS;
  while (performance.now() < deadline) {
    if (!(await isProcessAlive(pid, start))) return true;
    await delay(10);
  }
  return false;
}

function fileOf(dir: string): string {
  return join(dir, 'server.json');
}

// `npm run up` as a person runs it in a terminal: a process group of its own, its words on a screen, Ctrl-C.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from './eventually.js';

const ROOT = join(import.meta.dirname, '..', '..');
const STARTS_WITHIN_MS = 60_000;

export interface UpProcess {
  readonly pid: number;
  /** All it has written so far, both streams. */
  screen(): string;
  /** Resolves when the screen shows the text; rejects with the screen when it ends before. */
  shows(text: string): Promise<void>;
  /** A signal to it alone, or to its whole group as a terminal sends Ctrl-C. */
  signal(signal: 'SIGINT' | 'SIGTERM' | 'SIGKILL', to: 'itself' | 'group'): void;
  /** Resolves with its exit code. */
  readonly ended: Promise<number | null>;
}

/** `npm` is replaced by one that refuses: packages are installed before the tests, never under them. */
export async function startUp(env: Readonly<Record<string, string>>): Promise<UpProcess> {
  const commands = await mkdtemp(join(tmpdir(), 'vigie-commands-'));
  const npm = join(commands, 'npm');
  await writeFile(
    npm,
    '#!/bin/sh\necho "node_modules is not what the lock file says; run npm test"\nexit 1\n',
  );
  await chmod(npm, 0o755);
  const child = spawn(process.execPath, ['scripts/up.mjs'], {
    cwd: ROOT,
    env: { PATH: `${commands}:${process.env['PATH'] ?? ''}`, INSTALL_REDIS: 'false', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const pid = child.pid;
  if (pid === undefined) throw new Error('scripts/up.mjs could not be started');
  let screen = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (screen += chunk.toString()));
  const ended = (once(child, 'close') as Promise<[number | null]>).then(async ([code]) => {
    await rm(commands, { recursive: true, force: true });
    return code;
  });
  return {
    pid,
    screen: () => screen,
    shows: async (text) => {
      let over = false;
      void ended.then(() => (over = true));
      await eventually(() => over || screen.includes(text), { timeoutMs: STARTS_WITHIN_MS });
      if (!screen.includes(text)) throw new Error(`ended without showing "${text}":\n${screen}`);
    },
    signal: (signal, to) => void process.kill(to === 'group' ? -pid : pid, signal),
    ended,
  };
}

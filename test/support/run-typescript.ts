// Runs a few lines of TypeScript as another process, for tests that need one to live beside them or to be killed.
import { spawn } from 'node:child_process';
import { once } from 'node:events';

export interface OtherProcess {
  readonly pid: number;
  /** Resolves with the first line it writes; rejects with its errors when it ends before that. */
  readonly firstLine: Promise<string>;
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>;
}

/** `code` is a module that may import `.ts` files by URL, and lives until it ends by itself or is killed. */
export function runTypeScript(code: string): OtherProcess {
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', code], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (child.pid === undefined) throw new Error('no process could be started');
  const ended = once(child, 'close');
  let output = '';
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const firstLine = new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      const end = output.indexOf('\n');
      if (end !== -1) resolve(output.slice(0, end));
    });
    child.once('close', () => reject(new Error(errors)));
  });
  return {
    pid: child.pid,
    firstLine,
    kill: async () => {
      firstLine.catch(() => undefined);
      child.kill('SIGKILL');
      await ended;
    },
  };
}

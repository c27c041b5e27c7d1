// A server under measurement as a process of its own, so that it shares no event loop with the load.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export interface ServerProcess {
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts `node <args>` and resolves with the URL of its ready line; its own stderr is shown. */
export async function startServer(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<ServerProcess> {
  const child = spawn(process.execPath, [...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const url = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (text) => {
      const line = JSON.parse(text) as { event?: string; url?: string };
      if (line.event === 'ready' && line.url !== undefined) resolve(line.url);
    });
    void exited.then(() => reject(new Error(`${args.join(' ')} ended before it was ready`)));
  });
  return {
    url,
    async stop() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}

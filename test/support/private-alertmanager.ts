// A real Alertmanager for one test file: own port, own folder, no cluster.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePort } from '../../src/redis/free-port.js';
import { eventually } from './eventually.js';
import { onProcessEnd } from './on-process-end.js';

// Shorter than any alert here lives: what does not say when it ends is over at once.
const CONFIG = `
global: { resolve_timeout: 1s }
route: { receiver: nobody, group_wait: 1h }
receivers: [{ name: nobody }]
`;

/** Starts `binary` on a free port of 127.0.0.1; resolves when it is ready. */
export async function startPrivateAlertmanager(
  binary: string,
): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const dir = await mkdtemp(join(tmpdir(), 'vigie-alertmanager-'));
  const config = join(dir, 'alertmanager.yml');
  await writeFile(config, CONFIG);
  const port = await findFreePort();
  const url = `http://127.0.0.1:${port}`;
  const args = [
    `--config.file=${config}`,
    `--storage.path=${join(dir, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--cluster.listen-address=',
  ];
  const child = spawn(binary, args, { cwd: dir, stdio: 'ignore' });
  const keep = onProcessEnd(() => {
    child.kill('SIGKILL');
    rmSync(dir, { recursive: true, force: true });
  });
  await eventually(async () => (await fetch(`${url}/-/ready`)).ok, { timeoutMs: 20_000 });
  return {
    url,
    stop: async () => {
      keep();
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
      await rm(dir, { recursive: true, force: true });
    },
  };
}

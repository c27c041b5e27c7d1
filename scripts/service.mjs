// Runs the compiled program as a child: waits until it is ready, shows its warnings, keeps its log and ends it.
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { Stop, root } from './installation.mjs';
import { openLogFile } from './log-file.mjs';
import { readLogLine, reasonOf } from './log-lines.mjs';

const FORCED_AFTER_MS = 3000;

/** Throws a Stop when something else listens on HOST:PORT. */
export async function requireFreePort({ HOST, PORT }) {
  const port = PORT ? Number(PORT) : 4000;
  if (!Number.isInteger(port) || port < 1 || port > 65_535) return; // for the program itself to judge
  const taken = await new Promise((done) => {
    const probe = createServer();
    probe.once('error', (error) => done(error.code === 'EADDRINUSE'));
    probe.listen(port, HOST || '127.0.0.1', () => probe.close(() => done(false)));
  });
  if (!taken) return;
  throw new Stop(
    `Port ${port} is taken, perhaps by another Vigie. Choose another: PORT=${port + 1} npm run up`,
  );
}

/**
 * Starts dist/main.js. `ready` gives its address, or undefined when it was stopped before; `stopped` resolves after a
 * stop that was asked for. Both reject with a Stop that says why when the program ends by itself.
 */
export function startService(env, say) {
  const dataDir = resolve(root, env.DATA_DIR || '.vigie');
  mkdirSync(dataDir, { recursive: true });
  const logPath = join(dataDir, 'vigie.log');
  const log = openLogFile(logPath);
  // Detached, because a terminal sends Ctrl-C to the whole group and the program is to hear it once, from here. The
  // channel closes when this process dies, by which the program knows that it is alone.
  const child = spawn(
    process.execPath,
    ['--enable-source-maps', '--max-semi-space-size=32', join('dist', 'main.js')],
    {
      cwd: root,
      env,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      detached: true,
    },
  );
  const recent = [];
  let stopping = false;

  const ready = new Promise((done, fail) => {
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        log.write(line);
        recent.push(line);
        if (recent.length > 100) recent.shift();
        const entry = readLogLine(line, env.LOG_LEVEL);
        if (entry.text !== undefined) say(entry.text);
        if (entry.readyUrl !== undefined) done(entry.readyUrl);
      });
    }
    child.once('close', () => {
      if (stopping) done(undefined);
      else fail(new Stop(`Vigie did not start: ${reasonOf(recent)}\nIts whole log: ${logPath}`));
    });
  });
  const stopped = new Promise((done, fail) => {
    child.once('error', (error) => fail(new Stop(`Vigie could not be started: ${error.message}`)));
    child.once('close', (code, signal) => {
      log.close();
      if (stopping) done();
      else fail(new Stop(`Vigie ended (${signal ?? code}): ${reasonOf(recent)}\nIts whole log: ${logPath}`));
    });
  });
  stopped.catch(() => undefined);

  return {
    ready,
    stopped,
    servesApi: (env.ROLES || 'api').split(',').includes('api'),
    stop() {
      stopping = true;
      child.kill('SIGTERM');
    },
    /** A second signal makes the program drop its work and end its Redis; if it is stuck, it is killed. */
    force() {
      child.kill('SIGTERM');
      setTimeout(() => child.kill('SIGKILL'), FORCED_AFTER_MS).unref();
    },
  };
}

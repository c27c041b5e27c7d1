// One command from a fresh clone to a running Vigie: installs, compiles, starts, predicts once and says what to try next.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { ensureBuilt, ensureInstalled, orStop, requireNode, root } from './installation.mjs';
import { makeFirstPrediction, whatToTry } from './first-prediction.mjs';
import { requireFreePort, startService } from './service.mjs';

// npm passes Ctrl-C on although the terminal has sent it already, so what follows at once is not a second wish.
const SAME_CTRL_C_MS = 700;

const say = (line) => process.stdout.write(`${line}\n`);

await orStop(async () => {
  requireNode();
  const startedAt = performance.now();
  const envFile = join(root, '.env');
  if (existsSync(envFile)) process.loadEnvFile(envFile);
  await ensureInstalled(say);
  await ensureBuilt(say);
  await requireFreePort(process.env);

  // First the handlers: a signal that kills this process would leave the program to find out that it is alone.
  stopOnSignals(() => service);
  say('Starting ...');
  const service = startService(process.env, say);
  const url = await service.ready;
  if (url !== undefined)
    say(`Ready at ${url} after ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
  if (url !== undefined && service.servesApi) say(whatToTry(url, await makeFirstPrediction(url)));
  await service.stopped;
  say('Stopped.');
});

// Something of npm's may still hold a pipe; all that was started has ended by now.
process.exit();

function stopOnSignals(started) {
  // Nobody reads any more, as with `npm run up | head`.
  process.stdout.on('error', () => started().stop());
  let askedAt;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      const now = performance.now();
      if (askedAt === undefined) {
        askedAt = now;
        say('\nStopping; Ctrl-C again to force.');
        started().stop();
      } else if (now - askedAt > SAME_CTRL_C_MS) {
        started().force();
      }
    });
  }
}

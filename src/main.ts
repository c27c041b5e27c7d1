// The entry: settings from the environment, one app, and a clean end on a signal, also while it still starts.
import { startApp } from './app.js';
import { loadConfig } from './config.js';

// npm hands Ctrl-C on although the terminal has sent it already; the echo must not count as a second wish.
const ECHO_MS = 1000;

const asked = new AbortController();
let askedAt = 0;
const ask = () => {
  if (askedAt === 0) {
    askedAt = Date.now();
    asked.abort();
  } else if (Date.now() - askedAt > ECHO_MS) {
    // Asked twice: at once, by a signal that no running inference can turn into a crash report.
    process.kill(process.pid, 'SIGKILL');
  }
};
process.on('SIGINT', ask);
process.on('SIGTERM', ask);
// Started by a program that has died: nobody is left to stop this one.
process.once('disconnect', ask);
// It may have died before anybody listened. Without such a program there is no channel, and no such property.
if ('connected' in process && !process.connected) ask();

try {
  const app = await startApp(loadConfig(process.env), asked.signal);
  const stop = () => void app.stop().then(() => process.exit(0));
  if (asked.signal.aborted) stop();
  else asked.signal.addEventListener('abort', stop, { once: true });
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}

// The entry: settings from the environment, one app, and a clean end on a signal, also while it still starts.
import { startApp } from './app.js';
import { loadConfig } from './config.js';
import { hearStopWish } from './stop-wish.js';

// Asked twice: at once, by a signal that no running inference can turn into a crash report.
const { signal, ask } = hearStopWish(() => process.kill(process.pid, 'SIGKILL'));
// Started by a program that has died: nobody is left to stop this one.
process.once('disconnect', ask);
// It may have died before anybody listened. Without such a program there is no channel, and no such property.
if ('connected' in process && !process.connected) ask();

try {
  const app = await startApp(loadConfig(process.env), signal);
  const stop = () => void app.stop().then(() => process.exit(0));
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop, { once: true });
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}

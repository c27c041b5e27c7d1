// The entry: settings from the environment, one app, and a clean end on a signal, also while it still starts.
import { startApp } from './app.js';
import { loadConfig } from './config.js';

// npm hands Ctrl-C on although the terminal has sent it already; the echo must not count as a second wish.
const ECHO_MS = 1000;

try {
  const starting = startApp(loadConfig(process.env));
  let askedAt = 0;
  const stop = () => {
    if (askedAt > 0) {
      // Asked twice: at once, by a signal that no running inference can turn into a crash report.
      if (Date.now() - askedAt > ECHO_MS) process.kill(process.pid, 'SIGKILL');
      return;
    }
    askedAt = Date.now();
    // A start that fails closes what it opened and is reported below.
    starting
      .then((app) => app.stop())
      .then(
        () => process.exit(0),
        () => undefined,
      );
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  // Started by a program that has died: nobody is left to stop this one.
  process.once('disconnect', stop);
  await starting;
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}

// The one logger: JSON lines on stdout, no feature values, secrets blanked.
import { pino, type Logger } from 'pino';

/** What `base` holds is on every line. */
export function createLog(level: string, base: Readonly<Record<string, unknown>>): Logger {
  return pino({
    level,
    base,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: {
      paths: ['password', '*.password', 'features', '*.features'],
      censor: '[hidden]',
    },
  });
}

// The one logger: JSON lines on stdout, no feature values, secrets blanked; lines that come quickly are written together.
import { pino, type Logger } from 'pino';

const HIDDEN = '[hidden]';
const NEVER_SHOWN = ['password', 'features'] as const;
const WARN = 40;
// A write costs as much as making ten lines, so many lines are one write, and none is later than this.
const GATHER_MS = 100;
const GATHER_CHARACTERS = 16_384;

interface Destination {
  write(text: string): unknown;
}

/**
 * What `base` holds is on every line. A warning or worse is written at once, with all before it, and so is the rest when
 * the process exits, by an uncaught error too; `flush` writes what is gathered. Only a kill can lose the last moment's lines.
 */
export function createLog(
  level: string,
  base: Readonly<Record<string, unknown>>,
  destination: Destination = pino.destination({ sync: true }),
): Logger {
  const lines = gatherLines(destination);
  process.on('exit', lines.flushSync);
  return pino(
    {
      level,
      base,
      timestamp: createClock(),
      formatters: { level: (label) => ({ level: label }), log: hideInside },
      // `err` is looked into once it is plain, the others before: a path such as `*.features` would slow every value.
      redact: { paths: [...NEVER_SHOWN, ...NEVER_SHOWN.map((name) => `err.${name}`)], censor: HIDDEN },
    },
    lines,
  );
}

function gatherLines(destination: Destination) {
  let gathered = '';
  let timer: NodeJS.Timeout | undefined;
  const flushSync = (): void => {
    if (gathered === '') return;
    const text = gathered;
    gathered = '';
    destination.write(text);
  };
  const rest = (): void => {
    timer = gathered === '' ? undefined : setTimeout(rest, GATHER_MS).unref();
    flushSync();
  };
  return {
    // By this pino says of each line how severe it is.
    [pino.symbols.needsMetadataGsym]: true,
    lastLevel: 0,
    write(line: string): void {
      gathered += line;
      if (timer === undefined) {
        flushSync();
        timer = setTimeout(rest, GATHER_MS).unref();
      } else if (this.lastLevel >= WARN || gathered.length >= GATHER_CHARACTERS) flushSync();
    },
    flushSync,
    flush(done?: () => void): void {
      flushSync();
      done?.();
    },
  };
}

/** The same fields, with what must never be shown blanked one level down. */
function hideInside(fields: Record<string, unknown>): Record<string, unknown> {
  let shown = fields;
  for (const [key, value] of Object.entries(fields)) {
    if (typeof value !== 'object' || value === null || value instanceof Error) continue;
    const inside: Record<string, unknown> = { ...value };
    const found = NEVER_SHOWN.filter((name) => Object.hasOwn(inside, name));
    for (const name of found) inside[name] = HIDDEN;
    if (found.length > 0) shown = { ...shown, [key]: inside };
  }
  return shown;
}

/** ISO 8601, made once a millisecond. */
function createClock(): () => string {
  let at = 0;
  let text = '';
  return () => {
    const now = Date.now();
    if (now === at) return text;
    at = now;
    return (text = `,"time":"${new Date(now).toISOString()}"`);
  };
}

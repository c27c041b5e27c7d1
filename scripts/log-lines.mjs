// Turns the program's JSON log into short lines for people.

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'];

/**
 * What one line of output means: `text` to show and `readyUrl` once the program serves.
 * Shown are warnings, errors and the steps of starting; with a LOG_LEVEL, all that the program writes. What ends
 * the program is left to `reasonOf`.
 */
export function readLogLine(line, logLevel) {
  const entry = parse(line);
  if (entry === undefined) return { text: logLevel ? line : undefined };
  const readyUrl = entry.event === 'ready' ? String(entry.url) : undefined;
  const shown = Boolean(logLevel) || ['warn', 'error'].includes(entry.level) || entry.event === 'starting';
  return { text: shown ? toText(entry) : undefined, readyUrl };
}

/** Why the program ended, from its last lines: the gravest message, without a stack. */
export function reasonOf(lines) {
  const entries = lines.map(parse);
  const fatal =
    entries.findLast((entry) => entry?.level === 'fatal') ??
    entries.findLast((entry) => entry?.level === 'error');
  if (fatal !== undefined) return fatal.err?.message ?? fatal.msg;
  const plain = lines.filter((line, i) => entries[i] === undefined && !isStack(line));
  return plain.length === 0 ? 'it gave no reason' : plain.slice(-8).join('\n');
}

function toText({ time, level, room, msg, err }) {
  const at = new Date(time ?? Date.now()).toTimeString().slice(0, 8);
  const about = err?.message === undefined || err.message === msg ? '' : `: ${err.message}`;
  return `${at} ${level.toUpperCase().padEnd(5)} ${room === undefined ? '' : `${room}: `}${msg ?? ''}${about}`;
}

function isStack(line) {
  return /^\s+at |^node:|^Node\.js v|^\s*\^+\s*$|^\s*$/.test(line);
}

function parse(line) {
  if (!line.startsWith('{')) return undefined;
  try {
    const entry = JSON.parse(line);
    return LEVELS.includes(entry.level) ? entry : undefined;
  } catch {
    return undefined;
  }
}

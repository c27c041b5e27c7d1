// Knows whether Redis can be used now: listens to the socket and asks twice a second.
import type { Logger } from 'pino';
import type { RedisClient } from './redis-client.js';

const EVERY_MS = 500;
const EVERY_MS_WHILE_AWAY = 100;
const ANSWER_WITHIN_MS = 1000;
const OWN_PAUSE_MS = 100;
const REFUSED = /^(WRONGPASS|NOAUTH|NOPERM|ERR AUTH|ERR invalid password)/;

/** Whether a connection is usable, and who wants to know. */
export interface HealthWatch {
  ready(): boolean;
  onChange(listener: (ready: boolean) => void): () => void;
  /** Resolves at the first good answer; rejects when the password is refused or after `withinMs`, loading not counted. */
  firstAnswer(withinMs: number): Promise<void>;
  stop(): void;
}

/**
 * Calls `onUseless` when the server holds its sockets open but answers nothing for a second, or became a read-only
 * replica: a new connection may lead to a better one. Logs once per outage.
 */
export function watchHealth(client: RedisClient, log: Logger, onUseless: () => void): HealthWatch {
  const listeners = new Set<(ready: boolean) => void>();
  let ready = false;
  let stopped = false;
  let awaySince: number | undefined;
  let lastReason: Error = new Error('no connection yet');
  let timer: NodeJS.Timeout | undefined;
  let asking = false;
  let lastReset = 0;

  const change = (next: boolean) => {
    if (ready === next || stopped) return;
    ready = next;
    if (ready) {
      if (awaySince !== undefined)
        log.info({ awayMs: Math.round(performance.now() - awaySince) }, 'Redis is back');
      awaySince = undefined;
    } else {
      awaySince = performance.now();
      log.warn({ reason: lastReason.message }, 'Redis is away; trying again until it returns');
    }
    for (const listener of [...listeners]) listener(ready);
  };
  const fail = (reason: unknown) => {
    lastReason = reason instanceof Error ? reason : new Error(String(reason));
    change(false);
  };

  const ask = async () => {
    if (asking || stopped) return;
    asking = true;
    clearTimeout(timer);
    try {
      const verdict = client.isReady ? await probe(client) : lastReason;
      if (verdict === 'usable') change(client.isReady);
      else fail(verdict);
      const useless = verdict instanceof SilentServer || verdict instanceof ReadOnlyServer;
      if (useless && performance.now() - lastReset > EVERY_MS) {
        lastReset = performance.now();
        onUseless();
      }
    } finally {
      asking = false;
      timer = setTimeout(() => void ask(), ready ? EVERY_MS : EVERY_MS_WHILE_AWAY);
    }
  };
  client.on('error', fail);
  client.on('end', () => fail(lastReason));
  client.on('ready', () => void ask());
  timer = setTimeout(() => void ask(), EVERY_MS_WHILE_AWAY);

  return {
    ready: () => ready,
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    firstAnswer: async (withinMs) => {
      const deadline = performance.now() + withinMs;
      while (!ready) {
        const loading = lastReason.message.startsWith('LOADING');
        const late = performance.now() > deadline && !loading;
        if (REFUSED.test(lastReason.message) || late) throw lastReason;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    stop: () => {
      stopped = true;
      ready = false;
      clearTimeout(timer);
      listeners.clear();
    },
  };
}

class SilentServer extends Error {}
class ReadOnlyServer extends Error {}

/** PING is refused with LOADING while the append-only file is read, and with MISCONF while the disk cannot be written. */
async function probe(client: RedisClient): Promise<Error | 'usable'> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<Error>((resolve) => {
    const judge = (since: number) => {
      timer = setTimeout(() => {
        // Late by itself, this process was the one that paused: the answer, or even the question, may lie on its socket.
        if (performance.now() - since > ANSWER_WITHIN_MS + OWN_PAUSE_MS) judge(performance.now());
        else resolve(new SilentServer(`no answer within ${ANSWER_WITHIN_MS} ms`));
      }, ANSWER_WITHIN_MS);
    };
    judge(performance.now());
  });
  const answers = Promise.all([client.sendCommand(['PING']), isReplica(client)]).then(
    ([, replica]) =>
      replica ? new ReadOnlyServer('the server is a read-only replica') : ('usable' as const),
    (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
  );
  try {
    return await Promise.race([answers, silence]);
  } finally {
    clearTimeout(timer);
  }
}

async function isReplica(client: RedisClient): Promise<boolean> {
  // Some hosted servers refuse ROLE; they are taken to be what they were asked for.
  const role: unknown = await client.sendCommand(['ROLE']).catch(() => undefined);
  return Array.isArray(role) && role[0] === 'slave';
}

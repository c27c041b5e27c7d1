// Makes, lists and ends silences, which every monitor process reads before it judges.
import { AppError } from '../errors.js';
import type { Keys } from '../redis/keys.js';
import { orUnavailable } from '../redis/or-unavailable.js';
import type { RedisConnections } from '../redis/redis-client.js';
import { RETRAINING } from './retraining.js';
import { parseSilences, type Silence } from './silence.js';

// Each round of each model reads them all.
const MOST_SILENCES = 1000;
const AWAY = 'Silences cannot be reached.';

/** All methods reject with UNAVAILABLE while Redis is away. */
export interface Silences {
  /**
   * Throws INVALID_INPUT when it would be over already (path `input.until`), its monitor is none that has spoken of its model,
   * or of any (`input.monitor`), or there are too many (`input`). Any key is taken: keys come and go with features and segments.
   */
  add(silence: Omit<Silence, 'id'>): Promise<Silence>;
  /** Those that are not over, the first to end first. */
  list(): Promise<Silence[]>;
  /** The silence that was ended by this; undefined when there is none of this id. */
  end(id: string): Promise<Silence | undefined>;
}

/** Creates the face; `monitorsOf` names the monitors that have spoken of a model, or of any; `now` in epoch ms. */
export function createSilences({
  redis,
  keys,
  monitorsOf,
  now,
  createId,
}: {
  readonly redis: RedisConnections;
  readonly keys: Keys;
  readonly monitorsOf: (model: string | undefined) => Promise<readonly string[]>;
  readonly now: () => number;
  readonly createId: () => string;
}): Silences {
  const { silences: hash } = keys;
  const list = async (): Promise<Silence[]> => {
    const known = parseSilences(await orUnavailable(redis.commands.hVals(hash), AWAY));
    const over = known.filter(({ until }) => until <= now()).map(({ id }) => id);
    if (over.length > 0) await orUnavailable(redis.commands.hDel(hash, over), AWAY);
    return known.filter(({ until }) => until > now()).sort((a, b) => a.until - b.until);
  };
  return {
    async add(wanted) {
      if (wanted.until <= now()) throw invalid('input.until', 'lies in the past');
      const { model, monitor } = wanted;
      if (monitor !== null && monitor !== RETRAINING) {
        const known = await monitorsOf(model ?? undefined);
        if (!known.includes(monitor)) throw invalid('input.monitor', unknownMonitor(known));
      }
      if ((await list()).length >= MOST_SILENCES)
        throw invalid('input', `there are ${MOST_SILENCES} silences already; end some`);
      const silence = { ...wanted, id: createId() };
      await orUnavailable(redis.commands.hSet(hash, silence.id, JSON.stringify(silence)), AWAY);
      return silence;
    },
    list,
    async end(id) {
      const raw = await orUnavailable(redis.commands.hGet(hash, id), AWAY);
      const [silence] = parseSilences(raw === null ? [] : [raw]);
      await orUnavailable(redis.commands.hDel(hash, id), AWAY);
      return silence;
    },
  };
}

function unknownMonitor(known: readonly string[]): string {
  return `no monitor of this name watches it (known: ${[...new Set([...known, RETRAINING])].sort().join(', ')})`;
}

function invalid(path: string, message: string): AppError {
  return new AppError('INVALID_INPUT', undefined, { details: { issues: [{ path, message }] } });
}

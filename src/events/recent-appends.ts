// What was appended during the last seconds, bounded by age, count and size.
import type { EncodedEvent } from './codec.js';

/** One entry and what it takes to append it again. */
export interface Append {
  readonly stream: string;
  readonly onceKey: string;
  /** For how long others may try the same again, once it is not offered again. */
  readonly againWithinMs: number;
  readonly event: EncodedEvent;
  /** The id it got, `*` before. */
  readonly id: string;
}

/** The appends of the last seconds; while frozen, those of the seconds before. */
export interface RecentAppends {
  add(append: Append): void;
  /** In the order they were appended. */
  all(): readonly Append[];
  /** From now until `thaw` nothing grows too old: called when the connection is lost. */
  freeze(): void;
  /** Starts the clock of everything anew; `replaced` says what was appended again under another id. */
  thaw(replaced: ReadonlyMap<Append, Append>): void;
}

const KEEP_MS = 10_000;
const MAX_ENTRIES = 20_000;
const MAX_SIZE = 64 * 1024 * 1024;

/** Nothing older than `lifetimeMs` is ever answered: by then its once-key has expired and it could be doubled. */
export function createRecentAppends({
  now,
  lifetimeMs,
  onSafe,
}: {
  readonly now: () => number;
  readonly lifetimeMs: number;
  /** Told of each that is not offered again, whatever happens. */
  readonly onSafe: (append: Append) => void;
}): RecentAppends {
  /** `at`: since when it is kept, anew after each outage; `madeAt`: since when its once-key lives. */
  let kept: { readonly append: Append; readonly at: number; readonly madeAt: number }[] = [];
  let first = 0;
  /** Bytes of the packed ones, characters of the others. */
  let size = 0;
  let frozen = false;

  const drop = (isOver: (at: number) => boolean) => {
    for (let oldest = kept[first]; oldest !== undefined && isOver(oldest.at); oldest = kept[first]) {
      size -= oldest.append.event[1].length;
      onSafe(oldest.append);
      first += 1;
    }
    if (first > 1000 && first > kept.length / 2) {
      kept = kept.slice(first);
      first = 0;
    }
  };
  return {
    add: (append) => {
      kept.push({ append, at: now(), madeAt: now() });
      size += append.event[1].length;
      const eldest = now() - KEEP_MS;
      drop((at) => {
        const tooMany = kept.length - first > MAX_ENTRIES || size > MAX_SIZE;
        return tooMany || (!frozen && at < eldest);
      });
    },
    all: () => {
      const eldest = now() - lifetimeMs;
      return kept
        .slice(first)
        .filter(({ madeAt }) => madeAt > eldest)
        .map(({ append }) => append);
    },
    freeze: () => {
      const eldest = now() - KEEP_MS;
      if (!frozen) drop((at) => at < eldest);
      frozen = true;
    },
    thaw: (replaced) => {
      kept = kept.slice(first).map(({ append, madeAt }) => {
        const again = replaced.get(append);
        return { append: again ?? append, at: now(), madeAt: again === undefined ? madeAt : now() };
      });
      first = 0;
      frozen = false;
    },
  };
}

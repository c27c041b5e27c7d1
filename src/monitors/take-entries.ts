// Hands entries to a watch in their order, and stops it before the first entry of the version that has taken over.
import type { StreamEntry } from '../events/read-entries.js';
import { compareIds } from '../events/stream-position.js';
import type { MonitorEvent } from './monitor.js';
import type { WatchableModel } from './watchable-model.js';

export interface TakingOptions {
  /** The version that is watched. */
  readonly version: number;
  readonly model: WatchableModel;
  /** Takes one entry, or passes over one that cannot be read. */
  readonly take: (stream: string, id: string, event: MonitorEvent | undefined) => void;
  /** Called once, when an entry of another version, now in production, was met: neither it nor any later one is taken. */
  readonly onMoved: (version: number) => void;
  /** Ends the taking between two entries. */
  readonly signal: AbortSignal;
}

type Place = Pick<StreamEntry<unknown>, 'stream' | 'id'>;

/** The two callbacks of a tail reader. */
export function createTaking({ version, model, take, onMoved, signal }: TakingOptions) {
  let unreadable: Place[] = [];
  let taking = false;
  let moved = false;

  /** Unreadable entries are told of before the readable ones they arrived with; each is passed over in its place. */
  const passOver = (before?: Place) => {
    if (unreadable.length === 0) return;
    const isDue = ({ stream, id }: Place) =>
      before === undefined || (stream === before.stream && compareIds(id, before.id) < 0);
    for (const { stream, id } of unreadable.filter(isDue)) take(stream, id, undefined);
    unreadable = unreadable.filter((place) => !isDue(place));
  };
  const successorIn = async (entries: readonly StreamEntry<MonitorEvent>[]): Promise<number | undefined> => {
    const met = new Set(entries.flatMap(({ value }) => versionsOf(value)));
    met.delete(version);
    if (met.size === 0 || signal.aborted) return undefined;
    // Feedback may be for a version that went long ago: nobody waits for that one.
    const predicting = new Set(
      entries.flatMap(({ value }) => (value.kind === 'prediction' ? versionsOf(value) : [])),
    );
    predicting.delete(version);
    // Once for all that was read together: nobody looks at a folder for every entry.
    const production = await unlessAborted(model.production([...predicting], signal), signal);
    return production !== undefined && met.has(production) ? production : undefined;
  };

  return {
    onEntries: async (entries: readonly StreamEntry<MonitorEvent>[]): Promise<void> => {
      taking = true;
      const successor = await successorIn(entries);
      for (const entry of entries) {
        if (moved || signal.aborted) return;
        if (successor !== undefined && versionsOf(entry.value).includes(successor)) {
          moved = true;
          onMoved(successor);
          return;
        }
        passOver(entry);
        take(entry.stream, entry.id, entry.value);
      }
      passOver();
      taking = false;
    },
    onUnreadable: ({ stream, id }: Place): void => {
      unreadable.push({ stream, id });
      // Where no readable entry came with it, nobody else passes over it.
      queueMicrotask(() => {
        if (!taking && !moved && !signal.aborted) passOver();
      });
    },
  };
}

/** `undefined` when `signal` aborts first. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  // A race against one promise of the whole watch would leave something behind at that promise with every read.
  return new Promise((resolve, reject) => {
    const onAbort = () => resolve(undefined);
    signal.addEventListener('abort', onAbort, { once: true });
    void work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

function versionsOf(event: MonitorEvent): readonly number[] {
  if (event.kind === 'resource') return [];
  return event.kind === 'prediction' ? [event.batch.version] : event.batch.items.map((item) => item.version);
}

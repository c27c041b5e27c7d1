// A map that forgets: of at most so many entries, the one longest unset and unused gives way.

export interface BoundedMap<V> {
  get(key: string): V | undefined;
  /** Answers as `get` does and makes the entry the last to give way. */
  use(key: string): V | undefined;
  set(key: string, value: V): void;
  size(): number;
}

export function createBoundedMap<V>(maxEntries: number): BoundedMap<V> {
  const entries = new Map<string, V>();
  // Kept, because one made anew would pass over all the places of entries that are gone, for every entry that goes.
  let byAge = entries.keys();
  const oldest = (): string | undefined => {
    const next = byAge.next();
    if (next.done !== true) return next.value;
    byAge = entries.keys();
    return byAge.next().value;
  };
  const set = (key: string, value: V) => {
    entries.delete(key);
    entries.set(key, value);
    if (entries.size <= maxEntries) return;
    const gone = oldest();
    if (gone !== undefined) entries.delete(gone);
  };
  return {
    get: (key) => entries.get(key),
    use(key) {
      const value = entries.get(key);
      if (value !== undefined) set(key, value);
      return value;
    },
    set,
    size: () => entries.size,
  };
}

// What was made of a document, kept by its text within two bounds; what has not been asked for longest leaves first.

export interface DocumentCache<T> {
  get(text: string): T | undefined;
  /** Does nothing when the text alone is too long. */
  keep(text: string, made: T): void;
}

interface CacheBounds {
  readonly documents: number;
  /** Of all texts together: what is made of a document grows with its text. */
  readonly characters: number;
  readonly charactersOfOne: number;
}

export function createDocumentCache<T>(bounds: CacheBounds): DocumentCache<T> {
  // In the order of their last use.
  const kept = new Map<string, T>();
  let characters = 0;

  return {
    get(text) {
      const made = kept.get(text);
      if (made === undefined) return undefined;
      kept.delete(text);
      kept.set(text, made);
      return made;
    },
    keep(text, made) {
      if (text.length > bounds.charactersOfOne || kept.has(text)) return;
      kept.set(text, made);
      characters += text.length;
      for (const oldest of kept.keys()) {
        if (kept.size <= bounds.documents && characters <= bounds.characters) return;
        kept.delete(oldest);
        characters -= oldest.length;
      }
    },
  };
}

// Tells when a change has come to rest: a file that is still being written is not worth reading.

/** By part (a file or folder), the mark last dealt with and the one that is coming to rest. */
export interface SettledChanges {
  /** Whether `mark` is new and was seen for `settleMs`, in two looks at least; then the caller deals with it. */
  settled(part: string, mark: string): boolean;
  /** Changes seen and not dealt with. */
  pending(): number;
}

/** Starts from marks that were dealt with; `now` in ms of any clock that never goes back. */
export function createSettledChanges(
  known: ReadonlyMap<string, string>,
  { settleMs, now }: { readonly settleMs: number; readonly now: () => number },
): SettledChanges {
  const dealtWith = new Map(known);
  const coming = new Map<string, { readonly mark: string; readonly since: number }>();
  return {
    settled: (part, mark) => {
      const before = coming.get(part);
      if (dealtWith.get(part) === mark) coming.delete(part);
      else if (before?.mark !== mark) coming.set(part, { mark, since: now() });
      else if (now() - before.since >= settleMs) {
        coming.delete(part);
        dealtWith.set(part, mark);
        return true;
      }
      return false;
    },
    pending: () => coming.size,
  };
}

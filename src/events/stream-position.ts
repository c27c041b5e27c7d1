// Arithmetic on entry ids: which entry a group still needs, how far behind it is, what it can no longer read.

/** Ids are `<ms>-<n>`; an entry id sorts by time, then by number. */
export interface GroupPosition {
  readonly name: string;
  readonly lastDelivered: string;
  /** The oldest entry delivered and not acknowledged; null when there is none. */
  readonly oldestPending: string | null;
  /** As Redis counts; null when it cannot tell. */
  readonly entriesRead: number | null;
  readonly lag: number | null;
}

/** How much a stream holds and ever held. */
export interface StreamExtent {
  readonly length: number;
  /** Entries ever appended. */
  readonly entriesAdded: number;
  /** Ids of the first and last entry; null when the stream is empty. */
  readonly first: string | null;
  readonly last: string | null;
}

/** Negative when `a` is older than `b`. */
export function compareIds(a: string, b: string): number {
  const [aMs, aSeq] = partsOf(a);
  const [bMs, bSeq] = partsOf(b);
  if (aMs !== bMs) return aMs < bMs ? -1 : 1;
  return aSeq === bSeq ? 0 : aSeq < bSeq ? -1 : 1;
}

/** Everything older than this id the group is done with. */
export function oldestNeeded({ lastDelivered, oldestPending }: GroupPosition): string {
  return oldestPending !== null && compareIds(oldestPending, lastDelivered) < 0
    ? oldestPending
    : lastDelivered;
}

/** Entries not delivered yet; where Redis cannot tell, by the share of the stream's time that lies behind the position. */
export function estimateLag(
  { length, first, last }: StreamExtent,
  { lag, lastDelivered }: GroupPosition,
): number {
  if (lag !== null) return Math.max(0, lag);
  if (first === null || last === null || compareIds(lastDelivered, last) >= 0) return 0;
  if (compareIds(lastDelivered, first) < 0) return length;
  const [from] = partsOf(first);
  const [to] = partsOf(last);
  const [at] = partsOf(lastDelivered);
  return to === from ? 1 : Math.max(1, Math.round((Number(to - at) / Number(to - from)) * length));
}

/** Entries removed from the stream before the group read them; 0 when nobody counted the group's reads. */
export function lostUnread(stream: StreamExtent, { entriesRead, lastDelivered }: GroupPosition): number {
  // A group that never read anything is not counted by Redis either, but needs no counting.
  const read = entriesRead ?? (compareIds(lastDelivered, '0-0') === 0 ? 0 : null);
  if (read === null) return 0;
  if (stream.first !== null && compareIds(lastDelivered, stream.first) >= 0) return 0;
  return Math.max(0, stream.entriesAdded - stream.length - read);
}

function partsOf(id: string): [bigint, bigint] {
  const [ms = '0', sequence = '0'] = id.split('-');
  return [BigInt(ms), BigInt(sequence)];
}

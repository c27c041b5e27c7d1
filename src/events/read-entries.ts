// Takes the replies of stream commands apart, as they come when their texts are asked for as bytes.
import { FIELD, type EncodedEvent } from './codec.js';

/** An entry as read; `event` is null when the entry was removed from the stream after it was delivered. */
export interface RawEntry {
  readonly stream: string;
  readonly id: string;
  readonly event: EncodedEvent | null;
}

/** An entry that was read and decoded. */
export interface StreamEntry<T> {
  readonly stream: string;
  readonly id: string;
  readonly value: T;
}

/** The entries of an XREAD or XREADGROUP reply, stream by stream, each in order; none for null. */
export function entriesOfRead(reply: unknown): RawEntry[] {
  if (reply === null) return [];
  const streams = listOf(reply);
  const entries: RawEntry[] = [];
  for (let i = 0; i < streams.length; i += 2)
    entries.push(...entriesOfRange(textOf(streams[i]), streams[i + 1]));
  return entries;
}

/** The entries of an XRANGE or XREVRANGE reply. */
export function entriesOfRange(stream: string, reply: unknown): RawEntry[] {
  return listOf(reply)
    .filter((message) => message !== null)
    .map((message) => {
      const [id, fields] = listOf(message);
      return { stream, id: textOf(id), event: fields === null ? null : eventOf(listOf(fields)) };
    });
}

/** The entries of an XAUTOCLAIM reply and where to go on (`0-0` at the end). */
export function entriesOfClaim(stream: string, reply: unknown): { entries: RawEntry[]; next: string } {
  const [next, messages] = listOf(reply);
  return { entries: entriesOfRange(stream, messages), next: textOf(next) };
}

function eventOf(fields: readonly unknown[]): EncodedEvent {
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const name = textOf(fields[i]);
    const payload = fields[i + 1];
    if ((name === FIELD.json || name === FIELD.packed) && Buffer.isBuffer(payload)) return [name, payload];
  }
  // An entry without such a field is somebody else's; the empty text is parked as not JSON.
  return [FIELD.json, ''];
}

function listOf(reply: unknown): readonly unknown[] {
  if (!Array.isArray(reply)) throw new TypeError('Redis answered something else than a list');
  return reply;
}

function textOf(reply: unknown): string {
  if (!Buffer.isBuffer(reply)) throw new TypeError('Redis answered something else than bytes');
  return reply.toString();
}

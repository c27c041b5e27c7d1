// How an event lies in a stream entry, and how a read reply of Redis is taken apart.
import { z } from 'zod';

/** The one field of an entry. */
export const FIELD = 'e';

/** An entry as read; `payload` is null when the entry was removed from the stream after it was delivered. */
export interface RawEntry {
  readonly stream: string;
  readonly id: string;
  readonly payload: string | null;
}

/** An entry that was read and parsed. */
export interface StreamEntry<T> {
  readonly stream: string;
  readonly id: string;
  readonly value: T;
}

/** The text of an entry's field. */
export function encodeEvent(event: object): string {
  return JSON.stringify(event);
}

/** A value, or the reason why there is none. */
export type Decoded<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string };

/** Never throws: what is not JSON or not of the schema comes back with the reason, without the payload's values. */
export function decodeEvent<T>(payload: string, schema: z.ZodType<T>): Decoded<T> {
  let json: unknown;
  try {
    json = JSON.parse(payload);
  } catch {
    return { ok: false, reason: 'not JSON' };
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return { ok: true, value: parsed.data };
  const [issue] = parsed.error.issues;
  return { ok: false, reason: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not of the schema'}` };
}

const messagesSchema = z.array(z.tuple([z.string(), z.array(z.string()).nullable()]).nullable());
const readSchema = z.union([
  z.record(z.string(), messagesSchema),
  z.array(z.tuple([z.string(), messagesSchema])).transform((pairs) => Object.fromEntries(pairs)),
]);
const claimSchema = z.tuple([z.string(), messagesSchema]).rest(z.unknown());

/** The entries of an XREAD or XREADGROUP reply, stream by stream, each in order. */
export function parseReadReply(reply: unknown): RawEntry[] {
  if (reply === null) return [];
  return Object.entries(readSchema.parse(reply)).flatMap(([stream, messages]) => entriesOf(stream, messages));
}

/** The entries of an XRANGE or XREVRANGE reply. */
export function parseRangeReply(stream: string, reply: unknown): RawEntry[] {
  return entriesOf(stream, messagesSchema.parse(reply));
}

/** The entries of an XAUTOCLAIM reply and where to go on (`0-0` at the end). */
export function parseClaimReply(stream: string, reply: unknown): { entries: RawEntry[]; next: string } {
  const [next, messages] = claimSchema.parse(reply);
  return { entries: entriesOf(stream, messages), next };
}

function entriesOf(stream: string, messages: z.infer<typeof messagesSchema>): RawEntry[] {
  return messages
    .filter((message) => message !== null)
    .map(([id, fields]) => ({ stream, id, payload: fields === null ? null : fieldOf(fields) }));
}

function fieldOf(fields: readonly string[]): string {
  const at = fields.findIndex((name, index) => index % 2 === 0 && name === FIELD);
  // An entry without the field is somebody else's; the empty text is parked as not JSON.
  return at === -1 ? '' : (fields[at + 1] ?? '');
}

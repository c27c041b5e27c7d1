// A packed message: what it is and in which form, then its parts.
import type { Decoded } from '../codec.js';
import { ByteReader, Unreadable } from './byte-reader.js';
import { ByteWriter } from './byte-writer.js';

/** What a message is; the numbers are its second byte. */
export type MessageKind = 'asked' | 'executed' | 'reply';

const KINDS = { asked: 1, executed: 2, reply: 3 } as const satisfies Record<MessageKind, number>;
/** The first byte. What is added later follows what is there: whoever does not know it reads up to it. */
const FORM = 1;

/** The bytes of a message whose parts `write` puts in. */
export function packMessage(kind: MessageKind, write: (writer: ByteWriter) => void): Buffer {
  const writer = new ByteWriter();
  writer.byte(FORM);
  writer.byte(KINDS[kind]);
  write(writer);
  return writer.finish();
}

/** Never throws: bytes that are no such message come back with the reason, without what they hold. */
export function unpackMessage<T>(
  kind: MessageKind,
  bytes: Buffer,
  read: (reader: ByteReader) => T,
): Decoded<T> {
  try {
    const reader = new ByteReader(bytes);
    if (reader.byte() !== FORM || reader.byte() !== KINDS[kind])
      return { ok: false, reason: `not a packed message of kind "${kind}"` };
    return { ok: true, value: read(reader) };
  } catch (error) {
    // Of zod and JSON.parse only the kind of failure: their messages quote what they met.
    const reason = error instanceof Unreadable ? error.message : 'a part does not parse';
    return { ok: false, reason };
  }
}

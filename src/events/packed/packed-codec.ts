// The codec of a contract that is written packed, and was written as JSON before.
import type { z } from 'zod';
import { FIELD, jsonCodec, type Codec } from '../codec.js';
import type { ByteReader } from './byte-reader.js';
import type { ByteWriter } from './byte-writer.js';
import { packMessage, unpackMessage, type MessageKind } from './message.js';

/** Writes packed bytes; reads these, and JSON of `schema`. */
export function packedCodec<T>({
  kind,
  write,
  read,
  schema,
}: {
  readonly kind: MessageKind;
  readonly write: (writer: ByteWriter, event: T) => void;
  readonly read: (reader: ByteReader) => T;
  readonly schema: z.ZodType<T>;
}): Codec<T> {
  const json = jsonCodec(schema);
  return {
    encode: (event) => [FIELD.packed, packMessage(kind, (writer) => write(writer, event))],
    decode: (event) => {
      const [field, payload] = event;
      if (field !== FIELD.packed || typeof payload === 'string') return json.decode(event);
      return unpackMessage(kind, payload, read);
    },
  };
}

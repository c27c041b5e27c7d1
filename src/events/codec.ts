// How an event lies in a stream entry: one field, whose name says in which form its payload is.
import type { z } from 'zod';

/** The field of an entry in JSON, and the one of an entry in packed bytes. */
export const FIELD = { json: 'e', packed: 'b' } as const;

/** The one field of an entry and what is in it. */
export type EncodedEvent = readonly [field: string, payload: string | Buffer];

/** A value, or the reason why there is none. */
export type Decoded<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string };

/** What a contract hands to its writers and readers. */
export interface Codec<T> {
  encode(event: T): EncodedEvent;
  /** Never throws: what cannot be read comes back with the reason, without the payload's values. */
  decode(event: EncodedEvent): Decoded<T>;
}

/** A codec whose payload is text, for writes that are made of texts. */
export interface TextCodec<T> extends Codec<T> {
  encode(event: T): readonly [field: string, payload: string];
}

/** For contracts of few entries: JSON, checked against the schema when it is read. */
export function jsonCodec<T>(schema: z.ZodType<T>): TextCodec<T> {
  return {
    encode: (event) => [FIELD.json, JSON.stringify(event)],
    decode: ([field, payload]) => {
      if (field !== FIELD.json) return { ok: false, reason: `field "${FIELD.json}" is missing` };
      let json: unknown;
      try {
        json = JSON.parse(payload.toString());
      } catch {
        return { ok: false, reason: 'not JSON' };
      }
      return parseWith(schema, json);
    },
  };
}

/** What a schema makes of a value; the reason names the field and never quotes what is in it. */
export function parseWith<T>(schema: z.ZodType<T>, value: unknown): Decoded<T> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return { ok: true, value: parsed.data };
  const [issue] = parsed.error.issues;
  return { ok: false, reason: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not of the schema'}` };
}

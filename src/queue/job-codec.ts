// How a payload lies in a job: BullMQ keeps JSON, so bytes go as base64 text.
import type { z } from 'zod';
import { parseWith, type Decoded } from '../events/codec.js';

/** What a job hands to the producer and to the host of its workers. */
export interface JobCodec<T> {
  /** What JSON can hold. */
  encode(payload: T): object;
  /** Never throws: what cannot be read comes back with the reason, without the payload's values. */
  decode(data: unknown): Decoded<T>;
  /** The requests a payload came from, at most twenty, for log lines. */
  traceIds(payload: T): readonly string[];
}

/** For small payloads: as they are, checked against the schema when they are taken up. */
export function plainJob<T extends object>(schema: z.ZodType<T>): JobCodec<T> {
  return { encode: (payload) => payload, decode: (data) => parseWith(schema, data), traceIds: () => [] };
}

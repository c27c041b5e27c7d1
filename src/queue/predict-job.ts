// The payload of a predict job: rows of one model version to run together, packed, and in JSON as it was before.
import { z } from 'zod';
import { packMessage, unpackMessage } from '../events/packed/message.js';
import { readEveryNumber, writeNumbers } from '../events/packed/numbers.js';
import { readRows, writeRows } from '../events/packed/rows.js';
import { readId, readTarget, writeId, writeTarget } from '../events/packed/target.js';
import { predictionBatchSchema } from '../events/prediction-batch.js';
import { plainJob, type JobCodec } from './job-codec.js';

const batch = predictionBatchSchema.shape;

const predictPayloadSchema = z.object({
  v: z.literal(1),
  batchId: z.string(),
  model: z.string(),
  version: z.int(),
  /** The API process whose reply stream gets the answer. */
  replyTo: z.string(),
  ids: batch.ids,
  receivedAt: batch.receivedAt,
  /** Epoch ms after which a row is dropped unexecuted. */
  deadlineAt: z.array(z.number()),
  requests: batch.requests,
  features: batch.features,
});

/** Every array has one element per row. */
export type PredictPayload = z.infer<typeof predictPayloadSchema>;

const packedSchema = z.object({ v: z.literal(2), b: z.string() });
const inJson = plainJob(predictPayloadSchema);

export const predictJob: JobCodec<PredictPayload> = {
  encode: (payload) => {
    const bytes = packMessage('asked', (writer) => {
      writeTarget(writer, payload);
      writeId(writer, payload.replyTo);
      writeRows(writer, payload);
      writeNumbers(writer, payload.deadlineAt);
    });
    return { v: 2, b: bytes.toString('base64') } satisfies z.infer<typeof packedSchema>;
  },
  decode: (data) => {
    const packed = packedSchema.safeParse(data);
    if (!packed.success) return inJson.decode(data);
    return unpackMessage('asked', Buffer.from(packed.data.b, 'base64'), (reader) => {
      const target = readTarget(reader);
      const replyTo = readId(reader);
      const rows = readRows(reader);
      return { v: 1, ...target, replyTo, ...rows, deadlineAt: readEveryNumber(reader, rows.ids.length) };
    });
  },
  traceIds: traceIdsOf,
};

const MAX_TRACE_IDS = 20;

/** The requests that rows came from, at most twenty, for log lines. */
export function traceIdsOf({ requests }: Pick<PredictPayload, 'requests'>): string[] {
  const ids = new Set<string>();
  for (const { traceId } of requests) {
    if (traceId !== undefined) ids.add(traceId);
    if (ids.size === MAX_TRACE_IDS) break;
  }
  return [...ids];
}

// What goes back to the process that asked: the executed batch without what that process already holds.
import { z } from 'zod';
import type { Codec } from '../events/codec.js';
import { packedCodec } from '../events/packed/packed-codec.js';
import { readResults, writeResults } from '../events/packed/results.js';
import { readId, writeId } from '../events/packed/target.js';
import { predictionBatchSchema } from '../events/prediction-batch.js';

const batch = predictionBatchSchema.shape;

const predictReplySchema = z.object({
  v: z.literal(1),
  batchId: z.string(),
  at: batch.at,
  outputs: batch.outputs,
  pictures: batch.pictures,
  errors: batch.errors,
  timings: batch.timings,
});

export type PredictReply = z.infer<typeof predictReplySchema>;

/** Hand it to whoever writes or reads `replies`. */
export const predictReplyCodec: Codec<PredictReply> = packedCodec<PredictReply>({
  kind: 'reply',
  write: (writer, reply) => {
    writeId(writer, reply.batchId);
    writeResults(writer, reply);
  },
  read: (reader) => ({ v: 1, batchId: readId(reader), ...readResults(reader) }),
  schema: predictReplySchema,
});

// How an executed batch lies in a prediction stream: packed, and in JSON as it was before.
import type { Codec } from './codec.js';
import { Unreadable, type ByteReader } from './packed/byte-reader.js';
import type { ByteWriter } from './packed/byte-writer.js';
import { packedCodec } from './packed/packed-codec.js';
import { readResults, writeResults } from './packed/results.js';
import { readRows, writeRows } from './packed/rows.js';
import { readTarget, writeTarget } from './packed/target.js';
import { predictionBatchSchema, type PredictionBatch } from './prediction-batch.js';

/** Hand it to whoever writes or reads `predictions`. */
export const predictionBatchCodec: Codec<PredictionBatch> = packedCodec({
  kind: 'executed',
  write: (writer: ByteWriter, batch: PredictionBatch) => {
    writeTarget(writer, batch);
    writeRows(writer, batch);
    writeResults(writer, batch);
  },
  read: (reader: ByteReader): PredictionBatch => {
    const target = readTarget(reader);
    const rows = readRows(reader);
    const results = readResults(reader);
    if (results.errors.length !== rows.ids.length) throw new Unreadable('it answers another number of rows');
    return { v: 1, ...target, ...rows, ...results };
  },
  schema: predictionBatchSchema,
});

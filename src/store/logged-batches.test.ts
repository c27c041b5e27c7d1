// Rows that were executed together are a batch again, whatever order they are read in.
import { describe, expect, it } from 'vitest';
import { recordsOf } from '../events/prediction-record.js';
import { predictionBatch } from '../../test/support/monitor-batches.js';
import { batchesOf } from './logged-batches.js';

describe('batchesOf', () => {
  it('gives back the batches that were recorded, in the order of their execution', () => {
    const batches = [
      predictionBatch(1000, [{ label: 'on' }, { failed: true }, {}]),
      predictionBatch(2000, [{ confidence: 0.7, totalMs: 900 }]),
      predictionBatch(2000, [{}, {}]),
    ];
    const rows = batches.toReversed().flatMap(recordsOf);
    const again = batchesOf(rows).map(({ batch }) => batch);
    expect(again.map(({ at, ids }) => [at, ids.length])).toEqual([
      [1000, 3],
      [2000, 2],
      [2000, 1],
    ]);
    // The log keeps no batch ids.
    expect(again).toEqual(
      [batches[0], batches[2], batches[1]].map((batch) => ({ ...batch, batchId: batch?.ids[0] })),
    );
  });
});

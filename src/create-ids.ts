// Makes ids: version 7 UUIDs (RFC 9562), sortable by time, with randomness drawn in bulk instead of once per id.
import { randomFillSync } from 'node:crypto';
import { v7 } from 'uuid';

const BYTES = 16;
const IDS_PER_DRAW = 256;

/** Each id is greater than the one before it, also within a millisecond and when the clock is set back. */
export function createIds(now: () => number): () => string {
  const drawn = new Uint8Array(BYTES * IDS_PER_DRAW);
  let used = drawn.length;
  let msecs = 0;
  let seq = 0;
  return () => {
    if (used === drawn.length) {
      randomFillSync(drawn);
      used = 0;
    }
    const random = drawn.subarray(used, (used += BYTES));
    const at = now();
    if (at > msecs) {
      msecs = at;
      // Starts in 24 of its 32 bits, so that it cannot run over within a millisecond.
      seq = ((random[6] ?? 0) << 16) | ((random[7] ?? 0) << 8) | (random[8] ?? 0);
    } else {
      seq += 1;
    }
    return v7({ random, msecs, seq });
  };
}

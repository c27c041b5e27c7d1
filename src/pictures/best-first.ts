// The order of falling scores, which is most of what merging few boxes costs.

/** The indices of `score` (not negative), the highest first, equal ones in the order that `compare` says. */
export function bestFirst(score: Float32Array, compare: (a: number, b: number) => number): Int32Array {
  const sorted = byScore(score);
  for (let from = 0; from < sorted.length;) {
    const value = score[sorted[from] ?? 0];
    let to = from + 1;
    while (to < sorted.length && score[sorted[to] ?? 0] === value) to += 1;
    if (to > from + 1) sorted.subarray(from, to).sort(compare);
    from = to;
  }
  return sorted;
}

const HALF_BITS = 16;
const HALF = 2 ** HALF_BITS;

// Radix sort: the bits of numbers that are not negative are in the order of the numbers. A sort that compares takes ten times as long.
function byScore(score: Float32Array): Int32Array {
  // Adding zero leaves no negative zero.
  const bits = new Uint32Array(score.map((value) => value + 0).buffer);
  const unsorted = new Int32Array(score.length).map((_, i) => i);
  const byLow = pass(unsorted, (i) => (bits[i] ?? 0) & (HALF - 1));
  return pass(byLow, (i) => (bits[i] ?? 0) >>> HALF_BITS);
}

/** Stable, the greatest digit first. */
function pass(order: Int32Array, digitOf: (index: number) => number): Int32Array {
  const starts = new Int32Array(HALF + 1);
  for (const i of order) {
    const slot = HALF - 1 - digitOf(i);
    starts[slot + 1] = (starts[slot + 1] ?? 0) + 1;
  }
  for (let slot = 1; slot <= HALF; slot++) starts[slot] = (starts[slot] ?? 0) + (starts[slot - 1] ?? 0);
  const sorted = new Int32Array(order.length);
  for (const i of order) {
    const slot = HALF - 1 - digitOf(i);
    const at = starts[slot] ?? 0;
    sorted[at] = i;
    starts[slot] = at + 1;
  }
  return sorted;
}

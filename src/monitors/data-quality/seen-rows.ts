// Which rows came already, by their hashes in a table of fixed size.

/** The distinct hashes of up to a set number of rows. */
export interface SeenRows {
  /** True when the hash, an unsigned 32-bit number, was there already. */
  add(hash: number): boolean;
  /** All that are there, in the order in which they came. */
  hashes(): number[];
}

/**
 * An open-addressing table with linear probing, at most half full: room for `maxRows` hashes. Rows are told apart by their
 * hashes alone, so that among n distinct rows n^2 / 2^33 are expected to be taken for another: 0.0001 of 1000 rows, 0.01
 * of 10,000.
 */
export function createSeenRows(maxRows: number): SeenRows {
  const size = 2 ** Math.ceil(Math.log2(2 * maxRows));
  // 0 marks a free slot, so that hash is kept as 1.
  const slots = new Uint32Array(size);
  const order = new Uint32Array(maxRows);
  let held = 0;
  return {
    add: (hash) => {
      const kept = hash === 0 ? 1 : hash;
      let slot = kept & (size - 1);
      while (slots[slot] !== 0) {
        if (slots[slot] === kept) return true;
        slot = (slot + 1) & (size - 1);
      }
      if (held === maxRows) return false;
      slots[slot] = kept;
      order[held] = kept;
      held += 1;
      return false;
    },
    hashes: () => [...order.subarray(0, held)],
  };
}

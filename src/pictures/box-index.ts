// Finds the boxes near a box without looking at all of them.

export interface BoxIndex {
  readonly add: (box: number) => void;
  /** Writes every added box that overlaps this one, and some that do not, into `into`, of room for all; returns how many. */
  readonly near: (box: number, into: Int32Array) => number;
}

const LEVELS = 31;
const NONE = -1;

/**
 * An empty index over boxes of four numbers each, `x1`, `y1`, `x2`, `y2` in pixels. Each is filed in one cell, that of its top left
 * corner, on a grid whose cells are as large as the box or up to twice as large: what overlaps a box lies in the cells it covers or in
 * those before them, on every grid in use. Neighbouring cells and the numbers of a box lie side by side in memory, for it is
 * memory that this waits for.
 */
export function createBoxIndex(corners: Float32Array): BoxIndex {
  const count = corners.length / 4;
  const mask = 2 ** Math.ceil(Math.log2(2 * count + 2)) - 1;
  const firstOfCell = new Int32Array(mask + 1).fill(NONE);
  const nextOfCell = new Int32Array(count);
  const firstOfLevel = new Int32Array(LEVELS).fill(NONE);
  const nextOfLevel = new Int32Array(count);
  const sizeOfLevel = new Int32Array(LEVELS);
  // Two cells may share a list; what is in it is still written once.
  const seenBy = new Int32Array(count).fill(NONE);

  return {
    add(box) {
      const x1 = corners[4 * box] ?? 0;
      const y1 = corners[4 * box + 1] ?? 0;
      const level = levelOf(Math.max((corners[4 * box + 2] ?? 0) - x1, (corners[4 * box + 3] ?? 0) - y1));
      const perPixel = 1 / (1 << level);
      const slot = slotOf(level, floor(x1 * perPixel), floor(y1 * perPixel)) & mask;
      nextOfCell[box] = firstOfCell[slot] ?? NONE;
      firstOfCell[slot] = box;
      nextOfLevel[box] = firstOfLevel[level] ?? NONE;
      firstOfLevel[level] = box;
      sizeOfLevel[level] = (sizeOfLevel[level] ?? 0) + 1;
    },
    near(box, into) {
      let found = 0;
      for (let level = 0; level < LEVELS; level++) {
        const size = sizeOfLevel[level] ?? 0;
        if (size === 0) continue;
        const perPixel = 1 / (1 << level);
        const firstX = floor((corners[4 * box] ?? 0) * perPixel) - 1;
        const firstY = floor((corners[4 * box + 1] ?? 0) * perPixel) - 1;
        const lastX = floor((corners[4 * box + 2] ?? 0) * perPixel);
        const lastY = floor((corners[4 * box + 3] ?? 0) * perPixel);
        // A large box covers more cells of a fine grid than there are boxes in it.
        if ((lastX - firstX + 1) * (lastY - firstY + 1) >= size) {
          for (let other = firstOfLevel[level] ?? NONE; other !== NONE; other = nextOfLevel[other] ?? NONE)
            into[found++] = other;
          continue;
        }
        for (let y = firstY; y <= lastY; y++)
          for (let x = firstX; x <= lastX; x++) {
            let other = firstOfCell[slotOf(level, x, y) & mask] ?? NONE;
            for (; other !== NONE; other = nextOfCell[other] ?? NONE) {
              if (seenBy[other] === box) continue;
              seenBy[other] = box;
              into[found++] = other;
            }
          }
      }
      return found;
    },
  };
}

/** The smallest power of two that holds a side of `size` pixels. */
function levelOf(size: number): number {
  return size <= 1 ? 0 : 32 - Math.clz32(Math.ceil(size) - 1);
}

// A whole number of 32 bits, with which the machine reckons much faster than with what Math.floor gives.
function floor(value: number): number {
  return Math.floor(value) | 0;
}

// Cells that fall together cost a look at boxes that are far away, nothing else.
function slotOf(level: number, x: number, y: number): number {
  return x + Math.imul(y, 19_349_663) + Math.imul(level, 83_492_791);
}

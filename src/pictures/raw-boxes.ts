// Boxes as a struct of arrays, as they come from one tile.

/** `count` boxes in pixels of the tile's input, inside it and with an area; labels count from the first of the model's classes. */
export interface RawBoxes {
  readonly count: number;
  readonly x1: Float32Array;
  readonly y1: Float32Array;
  readonly x2: Float32Array;
  readonly y2: Float32Array;
  readonly score: Float32Array;
  readonly label: Uint16Array;
}

export interface RawBoxesBuilder {
  /** Takes a box of two corners, clipped to the tile; one that has no area there is left out. */
  readonly add: (x1: number, y1: number, x2: number, y2: number, score: number, label: number) => void;
  /** What was added since the last call, in arrays of their own. */
  readonly take: () => RawBoxes;
}

/** Collects the boxes of one tile of this size after the other, in room for `capacity` boxes a tile. */
export function createRawBoxesBuilder(
  tile: { readonly width: number; readonly height: number },
  capacity: number,
): RawBoxesBuilder {
  const left = new Float32Array(capacity);
  const top = new Float32Array(capacity);
  const right = new Float32Array(capacity);
  const bottom = new Float32Array(capacity);
  const scores = new Float32Array(capacity);
  const labels = new Uint16Array(capacity);
  let count = 0;
  return {
    add(x1, y1, x2, y2, score, label) {
      left[count] = Math.max(x1, 0);
      top[count] = Math.max(y1, 0);
      right[count] = Math.min(x2, tile.width);
      bottom[count] = Math.min(y2, tile.height);
      scores[count] = score;
      labels[count] = label;
      // Judged as stored: what is rounded to nothing has no area either.
      if ((left[count] ?? 0) < (right[count] ?? 0) && (top[count] ?? 0) < (bottom[count] ?? 0)) count += 1;
    },
    take() {
      const n = count;
      count = 0;
      return {
        count: n,
        x1: left.slice(0, n),
        y1: top.slice(0, n),
        x2: right.slice(0, n),
        y2: bottom.slice(0, n),
        score: scores.slice(0, n),
        label: labels.slice(0, n),
      };
    },
  };
}

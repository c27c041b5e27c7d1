// Isotonic regression: the rising step line closest to the points, as a curve that can be read anywhere.

/** A curve through rising `x`, never falling in `y`; both of the same length, at least 1. */
export interface IsotonicFit {
  readonly x: readonly number[];
  readonly y: readonly number[];
}

interface Block {
  readonly sum: number;
  readonly weight: number;
  /** First and last x it covers. */
  readonly from: number;
  readonly to: number;
}

/**
 * Least squares under a rising order, by pooling adjacent violators (Ayer and others 1955); points of equal x count as
 * their mean. The points need no order. Undefined without points, or when one is not finite.
 */
export function fitIsotonic(x: ArrayLike<number>, y: ArrayLike<number>): IsotonicFit | undefined {
  const points = Array.from(x, (value, i) => [value, y[i] ?? Number.NaN] as const);
  if (points.length === 0 || points.some(([px, py]) => !Number.isFinite(px) || !Number.isFinite(py)))
    return undefined;
  points.sort(([a], [b]) => a - b);
  const blocks: Block[] = [];
  for (const [px, py] of points) {
    const last = blocks.at(-1);
    const tied = last?.to === px && last.from === px;
    if (tied) blocks[blocks.length - 1] = { ...last, sum: last.sum + py, weight: last.weight + 1 };
    else blocks.push({ sum: py, weight: 1, from: px, to: px });
  }
  const pooled: Block[] = [];
  for (const block of blocks) {
    let next = block;
    for (let last = pooled.at(-1); last !== undefined && mean(last) >= mean(next); last = pooled.at(-1)) {
      pooled.pop();
      next = { sum: last.sum + next.sum, weight: last.weight + next.weight, from: last.from, to: next.to };
    }
    pooled.push(next);
  }
  const corners = pooled.flatMap((block) => {
    const ends = block.from === block.to ? [block.from] : [block.from, block.to];
    return ends.map((end) => ({ x: end, y: mean(block) }));
  });
  return { x: corners.map((corner) => corner.x), y: corners.map((corner) => corner.y) };
}

/** The curve at `x`: straight lines between its points, its ends kept beyond them. */
export function readIsotonic(fit: IsotonicFit, x: number): number {
  let [low, high] = [0, fit.x.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((fit.x[middle] ?? 0) < x) low = middle + 1;
    else high = middle;
  }
  const [x1, y1] = [fit.x[low] ?? 0, fit.y[low] ?? 0];
  if (low === 0 || x >= x1) return y1;
  const [x0, y0] = [fit.x[low - 1] ?? x1, fit.y[low - 1] ?? y1];
  return y0 + ((y1 - y0) * (x - x0)) / (x1 - x0);
}

function mean({ sum, weight }: Block): number {
  return sum / weight;
}

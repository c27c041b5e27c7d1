// Walks two sorted samples together, value by value, as everything that compares their distribution functions does.

/** Calls `visit` once for each distinct value of either sample, in rising order, with how often it comes in each. */
export function forEachStep(
  left: Float64Array,
  right: Float64Array,
  visit: (value: number, inLeft: number, inRight: number) => void,
): void {
  let i = 0;
  let j = 0;
  while (i < left.length || j < right.length) {
    const value = Math.min(left[i] ?? Infinity, right[j] ?? Infinity);
    const [fromLeft, fromRight] = [i, j];
    while (left[i] === value) i += 1;
    while (right[j] === value) j += 1;
    visit(value, i - fromLeft, j - fromRight);
  }
}

/** How often each distinct value comes in either sample, the values in rising order. */
export interface CountsByValue {
  readonly left: readonly number[];
  readonly right: readonly number[];
}

/** The counts of two sorted samples, as tests that look at order alone take them. */
export function countsByValue(left: Float64Array, right: Float64Array): CountsByValue {
  const inLefts: number[] = [];
  const inRights: number[] = [];
  forEachStep(left, right, (_, inLeft, inRight) => {
    inLefts.push(inLeft);
    inRights.push(inRight);
  });
  return { left: inLefts, right: inRights };
}

/** The integral of `of(F - G)` over the real line, F and G the distribution functions of the samples, none empty. */
export function integrateDifference(
  left: Float64Array,
  right: Float64Array,
  of: (difference: number) => number,
): number {
  let integral = 0;
  let previous: number | undefined;
  let belowLeft = 0;
  let belowRight = 0;
  forEachStep(left, right, (value, inLeft, inRight) => {
    const difference = belowLeft / left.length - belowRight / right.length;
    if (previous !== undefined) integral += (value - previous) * of(difference);
    previous = value;
    belowLeft += inLeft;
    belowRight += inRight;
  });
  return integral;
}

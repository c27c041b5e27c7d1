// Counts lattice paths that stay near the diagonal: the exact distribution of the two-sample Kolmogorov-Smirnov statistic.

/** Beyond this exponent of the bound 2 exp(-2 D^2 nm / (n + m)) a probability is 0 to every digit a double has. */
const NOTHING_LEFT = 700;

/**
 * The probability that a random path of n steps right and m steps up comes to |x m - y n| >= distance somewhere, x and
 * y the steps so far; `distance` is a whole number, n and m at least 1. Takes at most n m steps.
 * Recursion of Hodges (1958) on shares of paths instead of counts, so that nothing overflows.
 */
export function pathLeavesBand(n: number, m: number, distance: number): number {
  if (distance <= 0) return 1;
  if ((2 * distance ** 2) / (n * m) / (n + m) > NOTHING_LEFT) return 0;
  const outside =
    n === m
      ? leavesSquare(n, Math.round(distance / n))
      : leavesRectangle(Math.max(n, m), Math.min(n, m), distance);
  return Math.min(1, Math.max(0, outside));
}

/** Gnedenko and Korolyuk's closed form for n = m by reflection, evaluated as a nested product; `h` in steps. */
function leavesSquare(n: number, h: number): number {
  let outside = 0;
  for (let k = Math.floor(n / h); k >= 0; k -= 1) {
    let share = 1;
    for (let j = 0; j < h; j += 1) share *= (n - k * h - j) / (n + k * h + j + 1);
    outside = share * (1 - outside);
  }
  return 2 * outside;
}

/**
 * By columns of x = 0 .. n (n > m): `column[y - low]` is the share of all paths to (x, y) that left the band, and 1
 * beyond the band. The last step to (x, y) came from the left with probability x / (x + y).
 */
function leavesRectangle(n: number, m: number, distance: number): number {
  let low = 0;
  let high = Math.min(Math.ceil(distance / n), m + 1);
  const column = new Float64Array(Math.min(2 * high + 2, m + 1) + 1).fill(1);
  column.fill(0, 0, high);
  for (let x = 1; x <= n; x += 1) {
    const [lastLow, lastWidth] = [low, high - low];
    low = Math.min(Math.max(Math.floor((m * x - distance) / n) + 1, 0), m);
    high = Math.min(Math.ceil((m * x + distance) / n), m + 1);
    if (high <= low) return 1;
    let share = low === 0 ? 0 : 1;
    for (let y = low; y < high; y += 1) {
      share = ((column[y - lastLow] ?? 1) * x + share * y) / (x + y);
      column[y - low] = share;
    }
    if (lastWidth > high - low) column.fill(1, high - low, lastWidth);
  }
  return column[high - low - 1] ?? 1;
}

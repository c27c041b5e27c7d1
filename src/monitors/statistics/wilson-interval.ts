// The Wilson score interval: how far the true rate may lie from an observed one.

/** The normal quantile of a 95% interval. */
export const Z_95 = 1.959963984540054;

/** Bounds of a share, 0 to 1. */
export interface Interval {
  readonly lower: number;
  readonly upper: number;
}

/**
 * Two-sided Wilson score interval of `successes` out of `n`, without continuity correction (Wilson 1927); 95% unless
 * another normal quantile `z` is given. With n = 0 nothing is known: 0 to 1.
 */
export function wilsonInterval(successes: number, n: number, z = Z_95): Interval {
  if (n <= 0) return { lower: 0, upper: 1 };
  const rate = successes / n;
  const zz = z * z;
  const centre = rate + zz / (2 * n);
  const spread = z * Math.sqrt((rate * (1 - rate)) / n + zz / (4 * n * n));
  const scale = 1 + zz / n;
  return {
    // At the ends the formula gives 0 and 1 only up to rounding.
    lower: successes <= 0 ? 0 : Math.max(0, (centre - spread) / scale),
    upper: successes >= n ? 1 : Math.min(1, (centre + spread) / scale),
  };
}

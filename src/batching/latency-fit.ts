// Learns what a batch costs: `latency = a * n + b`, by least squares over recent batches that forgets and is not fooled.

/** `a` in ms per unit of cost, `b` in ms per batch; neither is negative. */
export interface Coefficients {
  readonly a: number;
  readonly b: number;
}

export interface LatencyFit {
  /** Notes a batch of cost `n` (above zero) that took `ms`. */
  add(n: number, ms: number): void;
  /** Undefined before the first batch. What cannot be told apart counts as proportional: that never promises too much. */
  coefficients(): Coefficients | undefined;
  /** Whether recent batches differ enough in size to tell `a` from `b`. */
  identified(): boolean;
}

// Batches later and earlier than these many times the expected are not taken at their word.
const SURPRISE = 3;
// Below this no surprise is worth the name; it also lets a fit of zero grow again.
const LEAST_MS = 0.01;
// That many surprises in a row are no accident but a change.
const ACCIDENTS = 4;
const TRUST_IN_THE_PAST = 0.1;
const LEAST_SPREAD = 0.15;
const LEAST_WEIGHT = 3;

/**
 * Exponentially weighted least squares by running means and co-moments (D. H. D. West, 1979), over about `memory`
 * batches. A slow outlier (a first run, a pause) is cut to three times what was expected, unless the next ones are slow
 * too; a batch much faster than expected is believed at once, since none is faster than it can be.
 */
export function createLatencyFit(memory: number): LatencyFit {
  const keep = 1 - 1 / memory;
  let weight = 0;
  let meanN = 0;
  let meanMs = 0;
  let varN = 0;
  let covariance = 0;
  let slope: number | undefined;
  let slowInARow = 0;

  const identified = () => weight >= LEAST_WEIGHT && varN / weight >= (LEAST_SPREAD * meanN) ** 2;
  const coefficients = (): Coefficients | undefined => {
    if (weight === 0) return undefined;
    const proportional = meanMs / meanN;
    const a = Math.min(Math.max(slope ?? proportional, 0), proportional);
    return { a, b: meanMs - a * meanN };
  };
  const distrustThePast = () => {
    weight *= TRUST_IN_THE_PAST;
    varN *= TRUST_IN_THE_PAST;
    covariance *= TRUST_IN_THE_PAST;
  };
  /** What a latency counts as. */
  const believed = (n: number, ms: number): number => {
    const known = coefficients();
    if (known === undefined) return ms;
    const expected = known.a * n + known.b;
    // Without a slope the truth for another size lies between the same and the proportional.
    const [least, greatest] =
      slope === undefined ? [Math.min(expected, meanMs), Math.max(expected, meanMs)] : [expected, expected];
    const most = SURPRISE * greatest + LEAST_MS;
    slowInARow = ms > most ? slowInARow + 1 : 0;
    if (SURPRISE * ms + LEAST_MS < least || slowInARow > ACCIDENTS) {
      distrustThePast();
      slowInARow = 0;
      return ms;
    }
    return Math.min(ms, most);
  };

  return {
    add(n, ms) {
      const y = believed(n, ms);
      weight = keep * weight + 1;
      const deltaN = n - meanN;
      meanN += deltaN / weight;
      const deltaMs = y - meanMs;
      meanMs += deltaMs / weight;
      varN = keep * varN + deltaN * (n - meanN);
      covariance = keep * covariance + deltaN * (y - meanMs);
      // Batches of one size say nothing of the slope, so the last one that was told stands.
      if (identified()) slope = covariance / varN;
    },
    coefficients,
    identified,
  };
}

// The upper tail of the hypergeometric distribution: how odd it is that so many of few rows came from one sample.
import { logGamma } from './incomplete-gamma.js';

/**
 * P(X >= drawnMarked), X the marked ones among `draws` taken without replacement from `total` of which `marked` are
 * marked; whole numbers. This is Fisher's exact test, one-sided. 1 where nothing less could have been drawn.
 */
export function hypergeometricTail(
  drawnMarked: number,
  { total, marked, draws }: { readonly total: number; readonly marked: number; readonly draws: number },
): number {
  const least = Math.max(0, draws + marked - total);
  const most = Math.min(marked, draws);
  if (drawnMarked <= least) return 1;
  if (drawnMarked > most) return 0;
  const chance = (x: number) =>
    Math.exp(logChoose(marked, x) + logChoose(total - marked, draws - x) - logChoose(total, draws));
  const ratio = (x: number) => ((marked - x) * (draws - x)) / ((x + 1) * (total - marked - draws + x + 1));
  // Summed away from the middle, where terms only shrink, so that none is lost to underflow before a larger one.
  if (drawnMarked > (draws * marked) / total) {
    let tail = 0;
    for (let x = drawnMarked, term = chance(x); x <= most; term *= ratio(x), x += 1) tail += term;
    return Math.min(1, tail);
  }
  let rest = 0;
  for (let x = drawnMarked - 1, term = chance(x); x >= least; x -= 1, term /= ratio(x)) rest += term;
  return Math.max(0, 1 - rest);
}

function logChoose(n: number, k: number): number {
  return logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1);
}

// How a text names what is told with a notification, without outgrowing what people read.
import type { AlertTransition } from '../../events/alert-transition.js';

/** A line for each of the first `most`, which are the most severe, and one that counts those left out. */
export function listOthers(
  others: readonly AlertTransition[],
  most: number,
  lineOf: (alert: AlertTransition['alert']) => string,
): string[] {
  const lines = others.slice(0, most).map(({ alert }) => lineOf(alert));
  const more = others.length - lines.length;
  return more > 0 ? [...lines, `and ${more} more`] : lines;
}

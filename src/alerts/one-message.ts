// What belongs into one message: what people are told of one evaluation of one model, beginnings apart from ends.
import type { AlertTransition } from '../events/alert-transition.js';

/**
 * Of transitions that all are written in one step, in this order: makes each that people are told of say with which it
 * makes a message. One that is told alone says nothing of it.
 */
export function joinIntoMessages(
  transitions: readonly AlertTransition[],
): (one: AlertTransition) => AlertTransition {
  const told = transitions.filter(({ notify }) => notify);
  const isEnd = ({ to }: AlertTransition) => to === 'resolved';
  const ends = told.filter(isEnd);
  const beginnings = told.filter((one) => !isEnd(one));
  return (one) => {
    const together = !one.notify ? [] : isEnd(one) ? ends : beginnings;
    const [first] = together;
    if (first === undefined || together.length < 2) return one;
    return { ...one, message: { first: first.id, size: together.length } };
  };
}

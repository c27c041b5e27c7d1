// What belongs into one message: the transitions of one evaluation of one model, beginnings apart from ends.
import type { AlertTransition } from '../events/alert-transition.js';

type Group = readonly [AlertTransition, ...AlertTransition[]];

/** Groups in the order of their first transition; within one the most severe comes first, then the oldest. */
export function groupTold(transitions: readonly AlertTransition[]): Group[] {
  const groups = new Map<string, [AlertTransition, ...AlertTransition[]]>();
  for (const transition of transitions) {
    const { group, to, id, alert } = transition;
    const name = group === undefined ? id : `${alert.model} ${group} ${to === 'resolved' ? 'end' : 'begin'}`;
    const known = groups.get(name);
    if (known === undefined) groups.set(name, [transition]);
    else known.push(transition);
  }
  return [...groups.values()].map((group) => group.sort(bySeverity));
}

function bySeverity(a: AlertTransition, b: AlertTransition): number {
  if (a.alert.severity !== b.alert.severity) return a.alert.severity === 'critical' ? -1 : 1;
  return a.id < b.id ? -1 : 1;
}

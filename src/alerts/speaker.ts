// Which alerts people hear of where several monitors look at the same thing: one of them, which stays until all are over.
import type { Finding } from '../events/monitor-report.js';
import type { AlertRecord } from './alert-record.js';
import { isBad, type Observation } from './observe.js';

/** What an alert is in a round to others about the same. */
export interface Part {
  /** People know of another alert about the same, no less severe: this one needs no word of its own. */
  readonly isSpokenFor: boolean;
  /** It is the one that people know of, and another about the same is bad: it does not end before that. */
  readonly speaksOn: boolean;
}

const ALONE: Part = { isSpokenFor: false, speaksOn: false };

/**
 * Finds the part of each alert field. The first that was told speaks; those told of in one round all do, being one message.
 * `isMuted` says whom nobody may hear of in any case: nobody speaks for those.
 */
export function findParts(
  observed: ReadonlyMap<string, Observation>,
  records: ReadonlyMap<string, AlertRecord>,
  isMuted: (observation: Observation) => boolean,
): (field: string) => Part {
  const known = (field: string) => {
    const record = records.get(field);
    return record === undefined || record.alert.state === 'resolved' ? null : record.told;
  };
  return (field) => {
    const own = observed.get(field);
    if (own?.finding.about === undefined) return ALONE;
    const mates = [...observed].filter(
      ([mate, { finding }]) => mate !== field && finding.about === own.finding.about,
    );
    if (known(field) === null)
      return { isSpokenFor: mates.some(([mate]) => covers(known(mate), own.finding)), speaksOn: false };
    return {
      isSpokenFor: false,
      speaksOn: mates.some(
        ([mate, other]) => known(mate) === null && isBad(other.finding) && !isMuted(other),
      ),
    };
  };
}

function covers(told: AlertRecord['told'], { status }: Finding): boolean {
  return told !== null && (told.severity === 'critical' || status !== 'critical');
}

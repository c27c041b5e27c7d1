// What can be bent about the scenes of the traffic, and what becomes of it.
import type { Knobs } from '../../src/training/picture-traffic.js';
import { STAGES, type SceneOptions } from './orchard/scene.js';

/** Every knob as it usually is. */
export const USUAL_KNOBS = { dusk: 0, blur: 0, soil: 'mixed', season: 'mixed', empty: 0.1 } as const;

/** What knobs make of the reference mix, those that are missing at their usual; throws an Error that names the knob and what it takes. */
export function sceneDrift(knobs: Knobs): Partial<SceneOptions> {
  const stranger = Object.keys(knobs).find((name) => !Object.hasOwn(USUAL_KNOBS, name));
  if (stranger !== undefined)
    throw new Error(`there is no knob "${stranger}", only ${Object.keys(USUAL_KNOBS).join(', ')}`);
  const { dusk, blur, soil, season, empty }: Knobs = { ...USUAL_KNOBS, ...knobs };
  return {
    dusk: numberOf('dusk', dusk, 1, 'by day to 1 at dusk'),
    blur: numberOf('blur', blur, MOST_BLUR, `to ${MOST_BLUR}, the pixels of its standard deviation`),
    bareSoil: oneOf('soil', soil, ['mixed', 'bare']) === 'bare',
    stageShares: sharesIn(oneOf('season', season, ['mixed', ...STAGES])),
    emptyShare: numberOf('empty', empty, 1, 'to 1, the share of scenes without orange trees'),
  };
}

// Beyond it a crown is not to be told from the ground.
const MOST_BLUR = 20;
const IN_SEASON = 0.85;

function numberOf(knob: string, value: number | string | undefined, most: number, takes: string): number {
  if (typeof value === 'number' && value >= 0 && value <= most) return value;
  throw new Error(`${knob} is ${String(value)}, it takes a number from 0 ${takes}`);
}

function oneOf<Choice extends string>(
  knob: string,
  value: number | string | undefined,
  choices: readonly Choice[],
): Choice {
  const chosen = choices.find((choice) => choice === value);
  if (chosen !== undefined) return chosen;
  throw new Error(`${knob} is ${String(value)}, it takes one of ${choices.join(', ')}`);
}

function sharesIn(season: 'mixed' | (typeof STAGES)[number]): SceneOptions['stageShares'] {
  const share = (stage: string): number => {
    if (season === 'mixed') return 1 / STAGES.length;
    return stage === season ? IN_SEASON : (1 - IN_SEASON) / (STAGES.length - 1);
  };
  return {
    young: share('young'),
    mature: share('mature'),
    flowering: share('flowering'),
    fruiting: share('fruiting'),
  };
}

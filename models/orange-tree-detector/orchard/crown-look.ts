// How crowns look from above: orange trees by growth stage, and trees that are none.
import type { Random } from '../../../src/training/random.js';
import type { Colour } from './canvas.js';
import type { Stage } from './scene.js';

/** One crown's looks; lengths in metres. */
export interface CrownLook {
  readonly radius: number;
  /** Length over width of its outline. */
  readonly elongation: number;
  /** How far its edge wanders, as a share of the radius. */
  readonly irregularity: number;
  /** 0 for a closed crown to 1 for one that shows much ground. */
  readonly sparseness: number;
  /** How deep the shade between its clumps of leaves is. */
  readonly relief: number;
  readonly height: number;
  readonly colour: Colour;
  /** Share of the possible blossoms and fruit that it bears. */
  readonly blossom: number;
  readonly fruit: number;
}

/** What all orange trees of a parcel share, each around 1. */
export interface Cultivation {
  readonly vigour: number;
  /** How light the leaves are, and how yellow. */
  readonly lightness: number;
  readonly yellowness: number;
}

/** An orange tree of this stage. */
export function drawOrangeTree(
  random: Random,
  stage: Stage,
  { vigour, lightness, yellowness }: Cultivation,
): CrownLook {
  const leaf = ([red, green, blue]: Colour, by: number): Colour =>
    jitter(random, [red * lightness * yellowness, green * lightness, (blue * lightness) / yellowness], by);
  const own = Math.min(1.3, Math.max(0.75, random.normal(1, 0.1)));
  const adult: CrownLook = {
    radius: 2.2 * vigour * own,
    elongation: random.uniform(1, 1.25),
    irregularity: random.uniform(0.12, 0.32),
    sparseness: random.uniform(0, 0.25),
    relief: random.uniform(0.7, 1.3),
    height: random.uniform(2.2, 4.2) * vigour,
    colour: leaf([60, 88, 42], 6),
    blossom: 0,
    fruit: 0,
  };
  switch (stage) {
    case 'young':
      return {
        ...adult,
        radius: random.uniform(0.7, 1.1) * Math.sqrt(vigour) * own,
        sparseness: random.uniform(0.25, 0.75),
        irregularity: random.uniform(0.2, 0.4),
        height: random.uniform(0.9, 1.8),
        colour: leaf([88, 118, 56], 8),
      };
    case 'mature':
      return adult;
    case 'flowering':
      return { ...adult, colour: leaf([72, 98, 51], 6), blossom: random.uniform(0.35, 1) };
    case 'fruiting':
      return { ...adult, fruit: random.uniform(0.5, 1) };
  }
}

const OTHERS = [
  // Conifers: dark and bluish, with deep shade between branches.
  { colour: [36, 58, 50], radius: [1.6, 4], elongation: [1, 1.1], relief: [1.5, 2.2], sparseness: [0, 0.2] },
  // Olives: grey green and thin.
  {
    colour: [112, 120, 96],
    radius: [1.2, 3],
    elongation: [1, 1.3],
    relief: [0.5, 0.9],
    sparseness: [0.2, 0.6],
  },
  // Hedges and cypresses seen aslant: long.
  {
    colour: [52, 76, 50],
    radius: [1.2, 2.4],
    elongation: [2.2, 4],
    relief: [0.8, 1.4],
    sparseness: [0, 0.2],
  },
  // Broad-leaved trees: large and lighter.
  { colour: [98, 122, 58], radius: [3.8, 6], elongation: [1, 1.3], relief: [1, 1.7], sparseness: [0, 0.2] },
  // Dead or leafless.
  {
    colour: [128, 114, 98],
    radius: [1, 2.6],
    elongation: [1, 1.3],
    relief: [0.8, 1.4],
    sparseness: [0.6, 0.9],
  },
] as const;

/** A kind of tree that is no orange tree; all trees of a wood may be drawn from one. */
export type OtherKind = (typeof OTHERS)[number];

export function chooseOtherKind(random: Random): OtherKind {
  return random.choice(OTHERS);
}

/** A tree that is no orange tree and bears no label. */
export function drawOtherTree(random: Random, kind: OtherKind): CrownLook {
  return {
    radius: random.uniform(...kind.radius),
    elongation: random.uniform(...kind.elongation),
    irregularity: random.uniform(0.15, 0.4),
    sparseness: random.uniform(...kind.sparseness),
    relief: random.uniform(...kind.relief),
    height: random.uniform(2.5, 9),
    colour: jitter(random, kind.colour, 7),
    blossom: 0,
    fruit: 0,
  };
}

function jitter(random: Random, [red, green, blue]: Colour, by: number): Colour {
  const light = random.normal(1, 0.09);
  const hue = random.normal(0, by);
  return [
    red * light + hue,
    green * light + random.normal(0, by * 0.4),
    blue * light - 0.4 * hue + random.normal(0, by * 0.4),
  ];
}

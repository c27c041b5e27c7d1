// Divides a scene into parcels: where each lies, how its rows run and what covers its ground.
import type { Random } from '../../../src/training/random.js';
import type { Colour } from './canvas.js';
import type { SceneOptions } from './scene.js';

/** Lines side by side: metres along a row are `x * cos + y * sin`, across rows `y * cos - x * sin`. */
export interface Rows {
  readonly cos: number;
  readonly sin: number;
  /** Metres from row to row, and from tree to tree in a row. */
  readonly spacing: number;
  readonly step: number;
  /** Where a row lies across, and a tree along, in metres. */
  readonly across: number;
  readonly along: number;
}

/** What covers the ground. */
export interface GroundLook {
  readonly soil: Colour;
  readonly grass: Colour;
  /** Below 0 mostly soil, above 0 mostly grass. */
  readonly grassiness: number;
  /** How much more grass grows between the rows than under the trees. */
  readonly strips: number;
  readonly patches: number;
  /** How deep wheels and ploughs have drawn their lines, 0 to 1. */
  readonly tracks: number;
  readonly furrows: number;
}

export interface Parcel {
  readonly rows: Rows;
  readonly ground: GroundLook;
  /** Metres; on this parcel's side of the border where `x * nx + y * ny > offset`. */
  readonly border: { readonly nx: number; readonly ny: number; readonly offset: number };
}

/** One parcel, or two that meet along a line; every point belongs to at least one, the later one covers the earlier. */
export function divideIntoParcels(random: Random, options: SceneOptions, metresPerPixel: number): Parcel[] {
  const [width, height] = [options.width * metresPerPixel, options.height * metresPerPixel];
  const angle = random.uniform(0, Math.PI);
  const whole: Parcel = {
    rows: drawRows(random, angle),
    ground: drawGround(random, options.bareSoil),
    border: { nx: 1, ny: 0, offset: -Infinity },
  };
  if (random.chance(0.5)) return [whole];
  // Parcels tend to end along their rows or across them.
  const cut = angle + (random.integer(4) * Math.PI) / 2 + random.normal(0, 0.08);
  const [nx, ny] = [Math.cos(cut), Math.sin(cut)];
  const offset = random.uniform(0.25, 0.75) * width * nx + random.uniform(0.25, 0.75) * height * ny;
  const other: Parcel = {
    rows: drawRows(random, random.chance(0.6) ? angle : random.uniform(0, Math.PI)),
    ground: drawGround(random, options.bareSoil),
    border: { nx, ny, offset },
  };
  return [whole, other];
}

function drawRows(random: Random, angle: number): Rows {
  const step = random.uniform(3.4, 6);
  return {
    cos: Math.cos(angle),
    sin: Math.sin(angle),
    spacing: step * random.uniform(1, 1.6),
    step,
    across: random.uniform(0, 10),
    along: random.uniform(0, 10),
  };
}

const SOILS: readonly Colour[] = [
  [168, 134, 104],
  [150, 104, 76],
  [186, 164, 134],
  [128, 106, 86],
  [154, 140, 120],
  [104, 86, 72],
];
const GRASSES: readonly Colour[] = [
  [104, 124, 66],
  [128, 138, 78],
  [158, 148, 96],
  [86, 112, 62],
  [142, 140, 88],
];

function drawGround(random: Random, bareSoil: boolean): GroundLook {
  const cover = bareSoil ? 'soil' : random.choice(['soil', 'grass', 'strips', 'patches']);
  return {
    soil: vary(random, random.choice(SOILS)),
    grass: vary(random, random.choice(GRASSES)),
    grassiness: { soil: -1, grass: 0.9, strips: -0.1, patches: random.uniform(-0.3, 0.3) }[cover],
    strips: cover === 'strips' ? random.uniform(0.4, 0.8) : 0,
    patches: { soil: 0.3, grass: 0.6, strips: 0.5, patches: 1.2 }[cover],
    tracks: random.chance(0.6) ? random.uniform(0.2, 1) : 0,
    furrows: random.chance(0.3) ? random.uniform(0.2, 1) : 0,
  };
}

function vary(random: Random, colour: Colour): Colour {
  const light = random.normal(1, 0.08);
  const vary = (part: number): number => part * light + random.normal(0, 4);
  return [vary(colour[0]), vary(colour[1]), vary(colour[2])];
}

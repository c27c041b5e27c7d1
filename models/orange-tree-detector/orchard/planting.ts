// Plants a parcel: orange trees in rows with gaps, each of a stage, or no orange trees but other ones.
import type { Random } from '../../../src/training/random.js';
import { chooseOtherKind, drawOrangeTree, drawOtherTree, type Cultivation } from './crown-look.js';
import type { PlacedCrown } from './crown.js';
import type { Parcel } from './parcel.js';
import { STAGES, type SceneOptions, type Stage } from './scene.js';

/** A crown that is going to be painted; without a label it is no orange tree. */
export interface PlantedTree extends PlacedCrown {
  readonly label: Stage | undefined;
}

/** Orange trees of the parcel; most are of one stage, the others are drawn from all. */
export function plantOrangeTrees(
  random: Random,
  parcel: Parcel,
  options: SceneOptions,
  metresPerPixel: number,
): PlantedTree[] {
  const weights = STAGES.map((stage) => options.stageShares[stage]);
  const usual = random.choice(STAGES, weights);
  const cultivation: Cultivation = {
    vigour: (parcel.rows.step / 4.7) * random.uniform(0.8, 1.08),
    lightness: random.uniform(0.85, 1.45),
    yellowness: random.uniform(0.9, 1.2),
  };
  const gaps = random.choice([0.03, 0.08, 0.25], [3, 3, 1]);
  const disorder = random.choice([0.12, 0.3, 0.7], [3, 3, 1]);
  const trees: PlantedTree[] = [];
  for (const [alongAt, acrossAt] of placesInRows(parcel, options, metresPerPixel)) {
    if (random.chance(gaps)) continue;
    const along = alongAt + random.normal(0, disorder);
    const across = acrossAt + random.normal(0, disorder * 0.6);
    const { cos, sin } = parcel.rows;
    const [x, y] = [along * cos - across * sin, along * sin + across * cos];
    const label = random.chance(0.8) ? usual : random.choice(STAGES, weights);
    const look = drawOrangeTree(random, label, cultivation);
    if (liesWithin(parcel, x, y, look.radius + 0.4))
      trees.push({ x: x / metresPerPixel, y: y / metresPerPixel, look, label });
  }
  return trees;
}

/** Trees that are no orange trees: a few that stand alone, or a wood. */
export function plantOthers(
  random: Random,
  parcel: Parcel,
  options: SceneOptions,
  metresPerPixel: number,
  perHectare: number,
): PlantedTree[] {
  const [width, height] = [options.width * metresPerPixel, options.height * metresPerPixel];
  const kind = chooseOtherKind(random);
  const count = Math.round((perHectare * width * height) / 10_000 + random.uniform(-0.5, 0.5));
  const trees: PlantedTree[] = [];
  for (let left = count; left > 0; left--) {
    const [x, y] = [random.uniform(0, width), random.uniform(0, height)];
    const look = drawOtherTree(random, random.chance(0.7) ? kind : chooseOtherKind(random));
    if (liesWithin(parcel, x, y, look.radius * 0.5))
      trees.push({ x: x / metresPerPixel, y: y / metresPerPixel, look, label: undefined });
  }
  return trees;
}

/** Leaves out those that would stand within another's crown; the earlier one stays. */
export function thinOut(trees: readonly PlantedTree[], metresPerPixel: number): PlantedTree[] {
  const cell = 8 / metresPerPixel;
  const grid = new Map<string, PlantedTree[]>();
  return trees.filter((tree) => {
    const [column, row] = [Math.floor(tree.x / cell), Math.floor(tree.y / cell)];
    for (let dx = -1; dx <= 1; dx++)
      for (let dy = -1; dy <= 1; dy++)
        for (const other of grid.get(`${column + dx},${row + dy}`) ?? []) {
          const apart = Math.hypot(other.x - tree.x, other.y - tree.y) * metresPerPixel;
          if (apart < 0.72 * (other.look.radius + tree.look.radius)) return false;
        }
    const key = `${column},${row}`;
    grid.set(key, [...(grid.get(key) ?? []), tree]);
    return true;
  });
}

/** Places in metres along and across the rows, also a little outside the picture, whose crowns may reach into it. */
function placesInRows(
  { rows }: Parcel,
  { width, height }: SceneOptions,
  metresPerPixel: number,
): [number, number][] {
  const corners = [
    [0, 0],
    [width, 0],
    [0, height],
    [width, height],
  ].map(([x = 0, y = 0]) => ({
    along: (x * rows.cos + y * rows.sin) * metresPerPixel,
    across: (y * rows.cos - x * rows.sin) * metresPerPixel,
  }));
  const range = (values: readonly number[], step: number, at: number): number[] => {
    const first = Math.floor((Math.min(...values) - at) / step) - 1;
    const last = Math.ceil((Math.max(...values) - at) / step) + 1;
    return Array.from({ length: last - first + 1 }, (_, i) => at + (first + i) * step);
  };
  const alongs = range(
    corners.map(({ along }) => along),
    rows.step,
    rows.along,
  );
  const acrosses = range(
    corners.map(({ across }) => across),
    rows.spacing,
    rows.across,
  );
  return acrosses.flatMap((across) => alongs.map((along): [number, number] => [along, across]));
}

function liesWithin({ border }: Parcel, x: number, y: number, margin: number): boolean {
  return x * border.nx + y * border.ny > border.offset + margin;
}

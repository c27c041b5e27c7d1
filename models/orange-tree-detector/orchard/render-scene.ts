// Renders an orchard, or a place without one, as a drone sees it from straight above.
import type { Random } from '../../../src/training/random.js';
import { createBrush, type Brush } from './brush.js';
import { paintRoad, paintRoof, paintTank, paintWeeds, type Clearing } from './built-things.js';
import { takePicture } from './camera.js';
import { createCanvas } from './canvas.js';
import { paintCrown } from './crown.js';
import { paintGround } from './ground.js';
import { drawLight } from './light.js';
import { divideIntoParcels, type Parcel } from './parcel.js';
import { plantOrangeTrees, plantOthers, thinOut, type PlantedTree } from './planting.js';
import { paintShadows } from './shadow.js';
import type { LabelledTree, PixelBox, Scene, SceneOptions } from './scene.js';

/** The same draws give the same bytes. Crowns with less than 40 % of their box in the picture bear no label. */
export function renderScene(random: Random, options: SceneOptions): Scene {
  const { width, height } = options;
  // Low flights are as frequent as high ones by ratio: 5 to 15 cm a pixel.
  const metresPerPixel = 0.05 * 3 ** random.uniform();
  const brush = createBrush(
    random,
    createCanvas(width, height),
    metresPerPixel,
    drawLight(random, options.dusk),
  );
  const parcels = divideIntoParcels(random, options, metresPerPixel);
  for (const parcel of parcels) paintGround(random, brush, parcel);
  const clearings = options.bareSoil ? [] : paintBuiltThings(random, brush, parcels);
  const wanted = options.bareSoil ? [] : plantAll(random, parcels, options, metresPerPixel);
  const planted = thinOut(wanted, metresPerPixel).filter((tree) =>
    clearings.every(
      ({ x, y, radius }) => Math.hypot(tree.x - x, tree.y - y) > radius + tree.look.radius / metresPerPixel,
    ),
  );
  paintShadows(brush, planted);
  const trees = paintTrees(random, brush, planted);
  return { width, height, rgb: takePicture(random, brush.canvas, options), trees, metresPerPixel };
}

/** Each parcel is an orchard, fallow, or a wood; a scene that is to be empty has no orchard. */
function plantAll(
  random: Random,
  parcels: readonly Parcel[],
  options: SceneOptions,
  metresPerPixel: number,
): PlantedTree[] {
  const isEmpty = random.chance(options.emptyShare);
  return parcels.flatMap((parcel, i) => {
    // The last parcel covers the others; the first, which reaches under it, is planted only where it shows.
    const over = parcels.slice(i + 1);
    const shows = ({ x, y, look }: PlantedTree): boolean =>
      over.every(({ border }) => {
        const inward = (x * border.nx + y * border.ny) * metresPerPixel - border.offset;
        return inward < -look.radius - 0.4;
      });
    const isOrchard = !isEmpty && (i === 0 || random.chance(0.6));
    const some = random.choice([0, 6, 25], [4, 4, 1]);
    const perHectare = isOrchard ? some : random.choice([8, 40, 160, 320]);
    const others = plantOthers(random, parcel, options, metresPerPixel, perHectare);
    const trees = isOrchard ? plantOrangeTrees(random, parcel, options, metresPerPixel) : [];
    return [...others, ...trees].filter(shows);
  });
}

function paintBuiltThings(random: Random, brush: Brush, parcels: readonly Parcel[]): Clearing[] {
  const { canvas, metresPerPixel } = brush;
  const border = parcels[1]?.border;
  if (border !== undefined && random.chance(0.5)) {
    const along = Math.atan2(border.ny, border.nx) + Math.PI / 2;
    paintRoad(random, brush, border.nx * border.offset, border.ny * border.offset, along);
  }
  const area = canvas.width * canvas.height * metresPerPixel ** 2;
  if (random.chance(0.6)) paintWeeds(random, brush, Math.round((area * random.uniform(0, 120)) / 10_000));
  const roofs = random.chance(0.25) ? 1 + random.integer(3) : 0;
  const tanks = random.chance(0.1) ? 1 : 0;
  return [
    ...Array.from({ length: roofs }, () => paintRoof(random, brush)),
    ...Array.from({ length: tanks }, () => paintTank(random, brush)),
  ];
}

function paintTrees(random: Random, brush: Brush, planted: readonly PlantedTree[]): LabelledTree[] {
  return random.shuffle(planted).flatMap((tree) => {
    const box = paintCrown(random, brush, tree);
    const visible = box && clip(box, brush.canvas);
    return tree.label === undefined || visible === undefined ? [] : [{ label: tree.label, box: visible }];
  });
}

function clip(
  box: PixelBox,
  { width, height }: { readonly width: number; readonly height: number },
): PixelBox | undefined {
  const [left, top] = [Math.max(0, box.x), Math.max(0, box.y)];
  const inside = {
    x: left,
    y: top,
    width: Math.min(width, box.x + box.width) - left,
    height: Math.min(height, box.y + box.height) - top,
  };
  const isVisible = inside.width > 0 && inside.height > 0;
  return isVisible && inside.width * inside.height >= 0.4 * box.width * box.height ? inside : undefined;
}

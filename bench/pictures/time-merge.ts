// How long it takes to merge the boxes of a large picture, in the code that is shipped.
import { z } from 'zod';
import { createRandom } from '../../src/training/random.js';
import { fromDist } from '../subjects/from-dist.js';

type Columns = Readonly<Record<string, unknown>>;
const moduleSchema = z.object({
  mergeBoxes: z.custom<(boxes: Columns, rule: Columns) => { readonly count: number }>(
    (value) => typeof value === 'function',
  ),
});
const SIDE = 8000;
const TILES_ACROSS = 20;
const REPEATS = 5;

export interface MergeTime {
  readonly boxes: number;
  readonly merged: number;
  /** Of `nmm`: the first call, before anything is compiled, and the median of later ones. */
  readonly firstMs: number;
  readonly medianMs: number;
}

/** `count` boxes of crowns all over a picture, each seen about three times, by its own tile and by neighbours. */
export async function timeMerge(count: number, checkout: string): Promise<MergeTime> {
  const { mergeBoxes } = moduleSchema.parse(await fromDist('pictures/merge-boxes', checkout));
  const boxes = draw(count);
  const rule = { merge: 'nmm', iou: 0.5, mergePerClass: true, maxDetections: count };
  const times: number[] = [];
  let merged = 0;
  for (let i = 0; i <= REPEATS; i += 1) {
    const startedAt = performance.now();
    merged = mergeBoxes(boxes, rule).count;
    times.push(performance.now() - startedAt);
  }
  const [firstMs = 0, ...later] = times;
  const medianMs = later.sort((a, b) => a - b)[Math.floor(REPEATS / 2)] ?? 0;
  return { boxes: count, merged, firstMs, medianMs };
}

function draw(count: number): Columns {
  const random = createRandom(1);
  const floats = () => new Float32Array(count);
  const boxes = { x1: floats(), y1: floats(), x2: floats(), y2: floats(), score: floats() };
  const label = new Uint16Array(count);
  const tile = new Int32Array(count);
  const touches = new Uint8Array(count);
  let centre = { x: 0, y: 0, side: 0, label: 0 };
  for (let i = 0; i < count; i += 1) {
    if (i % 3 === 0)
      centre = {
        x: random.uniform(0, SIDE),
        y: random.uniform(0, SIDE),
        side: random.uniform(20, 90),
        label: random.integer(4),
      };
    const half = (centre.side / 2) * random.uniform(0.9, 1.1);
    const [x, y] = [centre.x + random.normal(0, 2), centre.y + random.normal(0, 2)];
    [boxes.x1[i], boxes.x2[i]] = [x - half, x + half];
    [boxes.y1[i], boxes.y2[i]] = [y - half, y + half];
    boxes.score[i] = random.uniform(0.25, 1);
    label[i] = centre.label;
    tile[i] =
      Math.floor((x / SIDE) * TILES_ACROSS) + TILES_ACROSS * Math.floor((y / SIDE) * TILES_ACROSS) + (i % 3);
    touches[i] = random.chance(0.1) ? 1 : 0;
  }
  return { count, ...boxes, label, tile, touches };
}

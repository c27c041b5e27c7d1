// Paints the ground of a parcel: soil and grass, wheel tracks and furrows along the rows.
import type { Random } from '../../../src/training/random.js';
import type { Brush } from './brush.js';
import { smoothStep } from './canvas.js';
import { textureAt } from './noise.js';
import type { Parcel } from './parcel.js';

/** Steps into which the distance from row to row is divided. */
const PHASES = 256;

/** Paints all of the canvas that lies on the parcel's side of its border. */
export function paintGround(
  random: Random,
  { canvas, metresPerPixel, grain, tufts, patches }: Brush,
  parcel: Parcel,
): void {
  const { ground, rows, border } = parcel;
  const { soil, grass } = ground;
  const [ox, oy] = [random.integer(512), random.integer(512)];
  const strips = alongRows((phase) => ground.strips * (smoothStep(0.12, 0.3, phase) * 2 - 1));
  const tracks = alongRows((phase) => ground.tracks * wheel(phase * rows.spacing, rows.spacing));
  const { width, height, rgb } = canvas;

  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const [mx, my] = [x * metresPerPixel, y * metresPerPixel];
      if (mx * border.nx + my * border.ny <= border.offset) continue;
      const across = my * rows.cos - mx * rows.sin;
      const turns = (across - rows.across) / rows.spacing;
      const phase = ((turns - Math.floor(turns)) * PHASES) | 0;
      const patch = textureAt(patches, (x + ox) >> 1, (y + oy) >> 1);
      const detail = textureAt(tufts, x + ox, y + oy);
      const track = (tracks[phase] ?? 0) * (0.75 + 0.5 * detail);
      const cover =
        ground.grassiness + (strips[phase] ?? 0) + ground.patches * (patch + 0.5 * detail) - 0.5 * track;
      const share = smoothStep(-0.25, 0.25, cover);
      const furrow = ground.furrows === 0 ? 0 : ground.furrows * (1 - share) * 0.06 * Math.sin(across * 14);
      const blades = textureAt(grain, x, y);
      const light =
        1 +
        0.1 * textureAt(patches, (x >> 1) - ox, (y >> 1) - oy) +
        (0.1 + 0.08 * share) * detail +
        (0.04 + 0.06 * share) * blades +
        furrow +
        0.12 * track;
      const at = 3 * (y * width + x);
      rgb[at] = (soil[0] + (grass[0] - soil[0]) * share) * light;
      rgb[at + 1] = (soil[1] + (grass[1] - soil[1]) * share) * light;
      rgb[at + 2] = (soil[2] + (grass[2] - soil[2]) * share) * light;
    }
}

/** A table over the way from one row (0) to the middle between two (0.5) and on to the next row. */
function alongRows(value: (fromRow: number) => number): Float32Array {
  return Float32Array.from({ length: PHASES }, (_, i) => {
    const turn = (i + 0.5) / PHASES;
    return value(Math.min(turn, 1 - turn));
  });
}

/** Wheels run 0.85 m beside the middle between two rows. */
function wheel(fromRow: number, spacing: number): number {
  const distance = Math.abs(spacing / 2 - fromRow - 0.85);
  return smoothStep(0.35, 0.12, distance);
}

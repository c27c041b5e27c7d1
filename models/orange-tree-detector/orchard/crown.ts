// Paints one crown, and tells how far it reaches.
import type { Random } from '../../../src/training/random.js';
import type { Brush } from './brush.js';
import { smoothStep } from './canvas.js';
import type { CrownLook } from './crown-look.js';
import { textureAt } from './noise.js';
import type { PixelBox } from './scene.js';

/** A crown and where its middle stands, in pixels. */
export interface PlacedCrown {
  readonly x: number;
  readonly y: number;
  readonly look: CrownLook;
}

const BLOSSOM = [236, 232, 216] as const;
const FRUIT = [236, 132, 28] as const;
const LEAST_OPACITY = 0.4;

/**
 * Paints what of the crown lies within the canvas. Returns the box of the whole crown, also of what lies outside; undefined
 * when nothing of it can be seen.
 */
export function paintCrown(random: Random, brush: Brush, crown: PlacedCrown): PixelBox | undefined {
  const { canvas, light, lobes, clumps, grain, blossoms, fruit } = brush;
  const { look } = crown;
  const { rgb, width, height } = canvas;
  const across = look.radius / Math.sqrt(look.elongation) / brush.metresPerPixel;
  const along = across * look.elongation;
  const reach = along * (1 + look.irregularity);
  const angle = random.uniform(0, Math.PI);
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const ox = random.integer(lobes.size);
  const oy = random.integer(lobes.size);
  // The lit side of a clump is found by looking half a decimetre or so towards the sun.
  const step = Math.max(1, 0.12 / brush.metresPerPixel);
  const sx = Math.round(-light.dx * step);
  const sy = Math.round(-light.dy * step);
  const soft = 1.2 / across;
  const contrast = 0.35 + 0.9 * light.depth;
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];

  for (let y = Math.floor(crown.y - reach); y <= crown.y + reach; y++) {
    for (let x = Math.floor(crown.x - reach); x <= crown.x + reach; x++) {
      const dx = x + 0.5 - crown.x;
      const dy = y + 0.5 - crown.y;
      const a = (dx * cos + dy * sin) / along;
      const b = (dy * cos - dx * sin) / across;
      const distance = Math.sqrt(a * a + b * b);
      if (distance > 1 + look.irregularity) continue;
      const [tx, ty] = [x + ox, y + oy];
      const clump = textureAt(clumps, tx, ty);
      const edge = 1 - distance - look.irregularity * (textureAt(lobes, tx, ty) + 0.4 * clump);
      let opacity = smoothStep(-soft, soft, edge);
      if (opacity === 0) continue;
      const gap = smoothStep(0.05, -0.45, clump + 0.35 * edge);
      opacity *= 1 - look.sparseness * gap;
      if (opacity > LEAST_OPACITY) {
        left = Math.min(left, x);
        right = Math.max(right, x + 1);
        top = Math.min(top, y);
        bottom = Math.max(bottom, y + 1);
      }
      if (x < 0 || y < 0 || x >= width || y >= height) continue;

      const slope = clump - textureAt(clumps, tx + sx, ty + sy);
      const side = -(dx * light.dx + dy * light.dy) / along;
      const shade =
        0.95 +
        contrast * (0.3 * side + 0.75 * slope) +
        look.relief * (0.5 * clump - 0.3 * smoothStep(-0.1, -0.6, clump)) +
        0.14 * textureAt(grain, tx, ty) -
        0.25 * smoothStep(0.3, 0, edge);
      const lit = Math.max(0.18, shade);
      let red = look.colour[0] * lit * (0.9 + 0.1 * lit);
      let green = look.colour[1] * lit;
      let blue = look.colour[2] * lit * (1.1 - 0.1 * lit);
      if (look.blossom > 0 && textureAt(blossoms.rank, tx, ty) < look.blossom * (0.75 + 0.8 * clump)) {
        const covered = 0.85 * textureAt(blossoms.coverage, tx, ty);
        const bright = 0.65 + 0.35 * Math.min(1.1, lit);
        red += (BLOSSOM[0] * bright - red) * covered;
        green += (BLOSSOM[1] * bright - green) * covered;
        blue += (BLOSSOM[2] * bright - blue) * covered;
      }
      if (look.fruit > 0 && textureAt(fruit.rank, tx, ty) < look.fruit * (0.8 + 0.6 * clump)) {
        const covered = 0.95 * textureAt(fruit.coverage, tx, ty);
        const bright = 0.55 + 0.45 * Math.min(1.1, lit);
        red += (FRUIT[0] * bright - red) * covered;
        green += (FRUIT[1] * bright - green) * covered;
        blue += (FRUIT[2] * bright - blue) * covered;
      }
      const at = 3 * (y * width + x);
      rgb[at] = (rgb[at] ?? 0) + (red - (rgb[at] ?? 0)) * opacity;
      rgb[at + 1] = (rgb[at + 1] ?? 0) + (green - (rgb[at + 1] ?? 0)) * opacity;
      rgb[at + 2] = (rgb[at + 2] ?? 0) + (blue - (rgb[at + 2] ?? 0)) * opacity;
    }
  }
  return right > left ? { x: left, y: top, width: right - left, height: bottom - top } : undefined;
}

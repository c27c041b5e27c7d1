// Shadows on the ground: gathered in a mask first, so that two that meet are no darker than one.
import type { Brush } from './brush.js';
import { smoothStep } from './canvas.js';
import type { PlacedCrown } from './crown.js';
import { textureAt } from './noise.js';

/** Darkens the ground under and beside these crowns; to be done before the crowns are painted. */
export function paintShadows(brush: Brush, crowns: readonly PlacedCrown[]): void {
  const { canvas, light } = brush;
  const mask = new Float32Array(canvas.width * canvas.height);
  for (const crown of crowns) castShadow(brush, mask, crown);
  const { rgb } = canvas;
  const [red, green, blue] = light.tint;
  mask.forEach((shade, i) => {
    if (shade === 0) return;
    const dark = shade * light.depth;
    rgb[3 * i] = (rgb[3 * i] ?? 0) * (1 - red * dark);
    rgb[3 * i + 1] = (rgb[3 * i + 1] ?? 0) * (1 - green * dark);
    rgb[3 * i + 2] = (rgb[3 * i + 2] ?? 0) * (1 - blue * dark);
  });
}

function castShadow(
  { canvas, light, lobes, metresPerPixel }: Brush,
  mask: Float32Array,
  crown: PlacedCrown,
): void {
  const { look } = crown;
  const radius = (0.95 * look.radius) / metresPerPixel;
  const length = (look.height * light.reach) / metresPerPixel;
  const along = radius + length / 2;
  const cx = crown.x + (light.dx * length) / 2;
  const cy = crown.y + (light.dy * length) / 2;
  const extent = along * 1.2;
  const strength = 1 - 0.5 * look.sparseness;
  const bottom = Math.min(canvas.height - 1, Math.ceil(cy + extent));
  const right = Math.min(canvas.width - 1, Math.ceil(cx + extent));
  for (let y = Math.max(0, Math.floor(cy - extent)); y <= bottom; y++)
    for (let x = Math.max(0, Math.floor(cx - extent)); x <= right; x++) {
      const dx = x + 0.5 - cx;
      const dy = y + 0.5 - cy;
      const a = (dx * light.dx + dy * light.dy) / along;
      const b = (dy * light.dx - dx * light.dy) / radius;
      const inside = 1 - Math.sqrt(a * a + b * b);
      if (inside < -0.2) continue;
      const shade = strength * smoothStep(-0.08, 0.12, inside - 0.18 * textureAt(lobes, x, y));
      const at = y * canvas.width + x;
      if (shade > (mask[at] ?? 0)) mask[at] = shade;
    }
}

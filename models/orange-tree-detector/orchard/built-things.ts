// Paints what people have built and what grows wild: roads, roofs, tanks and weeds, none of which bears a label.
import type { Random } from '../../../src/training/random.js';
import type { Brush } from './brush.js';
import { mix, paint, scale, smoothStep, type Colour } from './canvas.js';
import { textureAt } from './noise.js';

const ROADS: readonly Colour[] = [
  [188, 176, 156],
  [126, 124, 122],
  [164, 142, 116],
];
const ROOFS: readonly Colour[] = [
  [172, 96, 70],
  [196, 120, 84],
  [178, 180, 182],
  [120, 122, 128],
  [226, 222, 214],
  [206, 112, 52],
];

/** A straight road through a point (metres) with this direction. */
export function paintRoad(random: Random, brush: Brush, x: number, y: number, angle: number): void {
  const { canvas, metresPerPixel, clumps } = brush;
  const half = random.uniform(1.3, 3);
  const colour = random.choice(ROADS);
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  for (let py = 0; py < canvas.height; py++)
    for (let px = 0; px < canvas.width; px++) {
      const distance = Math.abs((py * metresPerPixel - y) * cos - (px * metresPerPixel - x) * sin);
      if (distance > half + 0.4) continue;
      const rough = textureAt(clumps, px, py);
      const opacity = smoothStep(half + 0.15, half - 0.25, distance + 0.35 * rough);
      if (opacity > 0) paint(canvas, px, py, scale(colour, 1 + 0.1 * rough), 0.9 * opacity);
    }
}

/** Ground in pixels where nothing grows. */
export interface Clearing {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
}

/** A house or shed with two slopes, one of them lit, and its shadow. */
export function paintRoof(random: Random, brush: Brush): Clearing {
  const { canvas, metresPerPixel, light } = brush;
  const [cx, cy] = [random.uniform(0, canvas.width), random.uniform(0, canvas.height)];
  const angle = random.uniform(0, Math.PI);
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const a = random.uniform(2, 9) / metresPerPixel;
  const b = random.uniform(1.5, 5) / metresPerPixel;
  const colour = random.choice(ROOFS);
  const ribs = random.uniform(0, 0.1);
  const fall = (random.uniform(2.5, 5) * light.reach) / metresPerPixel;
  const facing = light.dy * cos - light.dx * sin;
  const extent = Math.hypot(a, b) + fall;
  const each = (visit: (x: number, y: number, u: number, v: number) => void): void => {
    for (let y = Math.max(0, Math.floor(cy - extent)); y < Math.min(canvas.height, cy + extent); y++)
      for (let x = Math.max(0, Math.floor(cx - extent)); x < Math.min(canvas.width, cx + extent); x++)
        visit(x, y, (x - cx) * cos + (y - cy) * sin, (y - cy) * cos - (x - cx) * sin);
  };
  const [fallU, fallV] = [fall * (light.dx * cos + light.dy * sin), fall * facing];
  each((x, y, u, v) => {
    // In the shade when the way back to the sun meets the house.
    const inShade = [0.25, 0.5, 0.75, 1].some(
      (t) => Math.abs(u - t * fallU) < a && Math.abs(v - t * fallV) < b,
    );
    if (inShade) paint(canvas, x, y, [30, 34, 44], light.depth);
  });
  each((x, y, u, v) => {
    if (Math.abs(u) >= a || Math.abs(v) >= b) return;
    const slope = 1 - 0.28 * light.depth * facing * Math.sign(v);
    const rib = 1 + ribs * Math.sin((u * metresPerPixel * 2 * Math.PI) / 0.6);
    paint(canvas, x, y, scale(colour, slope * rib), 1);
  });
  return { x: cx, y: cy, radius: Math.hypot(a, b) };
}

/** A round tank or pond. */
export function paintTank(random: Random, brush: Brush): Clearing {
  const { canvas, metresPerPixel, light } = brush;
  const [cx, cy] = [random.uniform(0, canvas.width), random.uniform(0, canvas.height)];
  const radius = random.uniform(1, 5) / metresPerPixel;
  const [rim, water] = [
    random.uniform(130, 210),
    random.choice<Colour>([
      [52, 84, 92],
      [64, 82, 62],
      [190, 192, 190],
    ]),
  ];
  for (let y = Math.max(0, Math.floor(cy - radius)); y < Math.min(canvas.height, cy + radius); y++)
    for (let x = Math.max(0, Math.floor(cx - radius)); x < Math.min(canvas.width, cx + radius); x++) {
      const distance = Math.hypot(x - cx, y - cy) / radius;
      if (distance > 1) continue;
      const shaded =
        distance < 0.88 ? mix(water, [20, 26, 30], 0.2 * light.depth) : ([rim, rim, rim] as const);
      paint(canvas, x, y, shaded, 1);
    }
  return { x: cx, y: cy, radius };
}

/** Low green patches without a crown's shape or shadow. */
export function paintWeeds(random: Random, brush: Brush, count: number): void {
  const { canvas, metresPerPixel, clumps, lobes } = brush;
  for (let left = count; left > 0; left--) {
    const [cx, cy] = [random.uniform(0, canvas.width), random.uniform(0, canvas.height)];
    const radius = random.uniform(0.25, 0.9) / metresPerPixel;
    const colour: Colour = [random.uniform(88, 140), random.uniform(112, 146), random.uniform(58, 90)];
    const strength = random.uniform(0.3, 0.75);
    for (let y = Math.max(0, Math.floor(cy - radius)); y < Math.min(canvas.height, cy + radius); y++)
      for (let x = Math.max(0, Math.floor(cx - radius)); x < Math.min(canvas.width, cx + radius); x++) {
        const rough = textureAt(clumps, x, y);
        const inside = 1 - Math.hypot(x - cx, y - cy) / radius + 0.5 * textureAt(lobes, x, y) + 0.5 * rough;
        const opacity = strength * smoothStep(0, 0.9, inside);
        if (opacity > 0) paint(canvas, x, y, scale(colour, 1 + 0.2 * rough), opacity);
      }
  }
}

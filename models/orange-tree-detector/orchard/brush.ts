// What all painters of one scene share: canvas, scale, light and textures.
import type { Random } from '../../../src/training/random.js';
import type { Canvas } from './canvas.js';
import type { Light } from './light.js';
import { createDots, createNoise, type Dots, type Texture } from './noise.js';

export interface Brush {
  readonly canvas: Canvas;
  readonly metresPerPixel: number;
  readonly light: Light;
  /** Lobes of crowns (about a metre), clumps of leaves (a few decimetres) and single pixels. */
  readonly lobes: Texture;
  readonly clumps: Texture;
  readonly grain: Texture;
  /** Of the ground: tufts and stones, and at half the resolution patches of some metres. */
  readonly tufts: Texture;
  readonly patches: Texture;
  readonly blossoms: Dots;
  readonly fruit: Dots;
}

const SIZE = 256;

/** Textures at the scale of the scene, so that a leaf is as large as it is whatever the height of flight. */
export function createBrush(random: Random, canvas: Canvas, metresPerPixel: number, light: Light): Brush {
  const pixels = (metres: number): number => metres / metresPerPixel;
  const dots = (perSquareMetre: number, radius: number): Dots =>
    createDots(random, SIZE / 2, perSquareMetre * metresPerPixel ** 2, pixels(radius));
  return {
    canvas,
    metresPerPixel,
    light,
    lobes: createNoise(random, SIZE, pixels(random.uniform(0.9, 1.6)), 2),
    clumps: createNoise(random, SIZE, pixels(random.uniform(0.4, 0.75)), 3),
    grain: createNoise(random, SIZE, 1, 1),
    tufts: createNoise(random, 2 * SIZE, pixels(random.uniform(0.3, 0.8)), 2),
    patches: createNoise(random, SIZE, pixels(random.uniform(2, 7)), 4),
    blossoms: dots(55, 0.065),
    fruit: dots(22, 0.065),
  };
}

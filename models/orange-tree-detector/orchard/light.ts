// The sun of a scene: one direction for all shadows.
import type { Random } from '../../../src/training/random.js';
import type { Colour } from './canvas.js';

/** Shadows fall along the unit vector (dx, dy). */
export interface Light {
  readonly dx: number;
  readonly dy: number;
  /** Length of a shadow over the height of what casts it. */
  readonly reach: number;
  /** How dark a shadow is, 0 to 1. */
  readonly depth: number;
  /** What a shadow takes of red, green and blue, in shares of its depth: the sky lights it, and is blue. */
  readonly tint: Colour;
}

/** A sun from any side; towards dusk it stands lower. */
export function drawLight(random: Random, dusk: number): Light {
  const angle = random.uniform(0, 2 * Math.PI);
  const isOvercast = random.chance(0.2);
  return {
    dx: Math.cos(angle),
    dy: Math.sin(angle),
    reach: random.uniform(0.25, 1) * (1 + 2 * dusk),
    tint: [1, random.uniform(0.9, 0.98), random.uniform(0.68, 0.92)],
    depth: isOvercast ? random.uniform(0.08, 0.25) : random.uniform(0.4, 0.75),
  };
}

// Value noise on a square that repeats: the irregularity of soil, grass and leaves.
import type { Random } from '../../../src/training/random.js';

/** A square texture that repeats without a seam. */
export interface Texture {
  /** Side in pixels, a power of two. */
  readonly size: number;
  readonly values: Float32Array;
}

/** The value at whole coordinates, which wrap around and may be negative. */
export function textureAt({ size, values }: Texture, x: number, y: number): number {
  return values[(y & (size - 1)) * size + (x & (size - 1))] ?? 0;
}

/**
 * Fractal value noise within about -1 to 1 and around 0: random values on a lattice of `cell` pixels, joined smoothly, and
 * finer lattices of falling weight on top.
 */
export function createNoise(random: Random, size: number, cell: number, octaves: number): Texture {
  const values = new Float32Array(size * size);
  let weight = 0.6;
  for (let octave = 0; octave < octaves; octave++) {
    addLattice(random, { size, values }, Math.max(1, Math.round((size / cell) * 2 ** octave)), weight);
    weight *= 0.6;
  }
  return { size, values };
}

function addLattice(random: Random, { size, values }: Texture, cells: number, weight: number): void {
  if (cells > size) return;
  const lattice = Float32Array.from({ length: cells * cells }, () => random.uniform(-weight, weight));
  const cellOf = new Int32Array(size);
  const nextOf = new Int32Array(size);
  const share = new Float32Array(size);
  for (let i = 0; i < size; i++) {
    const place = (i * cells) / size;
    const cell = Math.floor(place);
    const t = place - cell;
    cellOf[i] = cell;
    nextOf[i] = (cell + 1) % cells;
    share[i] = t * t * (3 - 2 * t);
  }
  const row = new Float32Array(cells);
  for (let y = 0; y < size; y++) {
    const upper = (cellOf[y] ?? 0) * cells;
    const lower = (nextOf[y] ?? 0) * cells;
    const down = share[y] ?? 0;
    for (let i = 0; i < cells; i++)
      row[i] = (lattice[upper + i] ?? 0) * (1 - down) + (lattice[lower + i] ?? 0) * down;
    const from = y * size;
    for (let x = 0; x < size; x++) {
      const left = row[cellOf[x] ?? 0] ?? 0;
      const right = row[nextOf[x] ?? 0] ?? 0;
      values[from + x] = (values[from + x] ?? 0) + left + (right - left) * (share[x] ?? 0);
    }
  }
}

/** Round dots strewn over a repeating square, for fruit and blossom: how much of a pixel the dot covers, and the dot's rank. */
export interface Dots {
  readonly coverage: Texture;
  /** Uniform in 0 to 1, one for all pixels of a dot: those below a share are that share of the dots. */
  readonly rank: Texture;
}

/** `perPixel` dots of radius `radius` (pixels, mean; they vary by a third). */
export function createDots(random: Random, size: number, perPixel: number, radius: number): Dots {
  const coverage = new Float32Array(size * size);
  const rank = new Float32Array(size * size).fill(1);
  for (let left = Math.round(perPixel * size * size); left > 0; left--) {
    const [cx, cy, r, own] = [
      random.uniform(0, size),
      random.uniform(0, size),
      radius * random.uniform(0.67, 1.33),
      random.uniform(),
    ];
    for (let y = Math.floor(cy - r); y <= cy + r; y++)
      for (let x = Math.floor(cx - r); x <= cx + r; x++) {
        const distance = Math.sqrt((x + 0.5 - cx) ** 2 + (y + 0.5 - cy) ** 2);
        const covered = Math.min(1, Math.max(0, r + 0.5 - distance)) * Math.min(1, 2 * r);
        const at = (y & (size - 1)) * size + (x & (size - 1));
        if (covered <= (coverage[at] ?? 0)) continue;
        coverage[at] = covered;
        rank[at] = own;
      }
  }
  return { coverage: { size, values: coverage }, rank: { size, values: rank } };
}

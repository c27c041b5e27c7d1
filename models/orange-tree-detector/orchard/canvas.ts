// The picture while it is painted: RGB in 0 to 255 as floats, not yet rounded or clipped.

export type Colour = readonly [red: number, green: number, blue: number];

export interface Canvas {
  readonly width: number;
  readonly height: number;
  /** Row by row from the top, three numbers a pixel. */
  readonly rgb: Float32Array;
}

/** An empty (black) canvas. */
export function createCanvas(width: number, height: number): Canvas {
  return { width, height, rgb: new Float32Array(width * height * 3) };
}

/** Paints one pixel over what is there; the pixel must lie within the canvas. */
export function paint({ width, rgb }: Canvas, x: number, y: number, colour: Colour, opacity: number): void {
  const at = 3 * (y * width + x);
  const left = 1 - opacity;
  rgb[at] = (rgb[at] ?? 0) * left + colour[0] * opacity;
  rgb[at + 1] = (rgb[at + 1] ?? 0) * left + colour[1] * opacity;
  rgb[at + 2] = (rgb[at + 2] ?? 0) * left + colour[2] * opacity;
}

/** The colour between two, `share` of the way to the second. */
export function mix(from: Colour, to: Colour, share: number): Colour {
  const left = 1 - share;
  return [from[0] * left + to[0] * share, from[1] * left + to[1] * share, from[2] * left + to[2] * share];
}

/** The colour made brighter (above 1) or darker. */
export function scale([red, green, blue]: Colour, by: number): Colour {
  return [red * by, green * by, blue * by];
}

/** 0 below `from`, 1 above `to`, and a smooth step between. */
export function smoothStep(from: number, to: number, value: number): number {
  const t = Math.min(1, Math.max(0, (value - from) / (to - from)));
  return t * t * (3 - 2 * t);
}

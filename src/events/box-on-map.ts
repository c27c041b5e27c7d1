// Where a box of a picture lies on the map.
import type { Box, Geo } from './picture.js';

export interface MapBox {
  readonly minX: number;
  readonly minY: number;
  readonly maxX: number;
  readonly maxY: number;
}

/** The rectangle around the four corners of the box, in the units of the map. */
export function boxOnMap({ x, y, width, height }: Box, { transform: [a, b, c, d, e, f] }: Geo): MapBox {
  const corners = [
    [x, y],
    [x + width, y],
    [x, y + height],
    [x + width, y + height],
  ].map(([px = 0, py = 0]) => ({ x: a * px + b * py + c, y: d * px + e * py + f }));
  const xs = corners.map((corner) => corner.x);
  const ys = corners.map((corner) => corner.y);
  return { minX: Math.min(...xs), minY: Math.min(...ys), maxX: Math.max(...xs), maxY: Math.max(...ys) };
}

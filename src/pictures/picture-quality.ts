// What can be measured of any picture: how bright, rich in contrast, colourful and sharp it is.
import type { PictureQuality } from '../events/picture.js';

export interface QualityMeter {
  /**
   * Takes whole rows of three bytes a pixel, the first of which is row `firstRow`; rows must come in order, and those that were taken
   * before are not counted again. Throws a RangeError when a row was left out.
   */
  readonly add: (rows: Uint8Array, firstRow: number) => void;
  /** The qualities by the definitions of `pictureSchema`, of the rows so far. */
  readonly result: () => PictureQuality;
}

const MAX_PIXELS = 1_000_000;

/**
 * Measures a picture of this width on a regular grid of at most about `maxPixels` pixels. Luma is Rec. ITU-R BT.709 of the 8-bit values;
 * saturation is that of HSV, 0 for black; sharpness is the variance of the Laplacian over the four direct neighbours (Pech-Pacheco et
 * al., 2000), 0 for a picture without inner pixels. All are the same for a picture turned or mirrored, but for where the grid falls.
 */
export function createQualityMeter(width: number, height: number, maxPixels = MAX_PIXELS): QualityMeter {
  const step = Math.max(1, Math.ceil(Math.sqrt((width * height) / maxPixels)));
  const rowBytes = 3 * width;
  const luma = createMoments();
  const laplacian = createMoments();
  let saturation = 0;
  let next = 0;
  // The last two rows, for the neighbours of the one between.
  let above: Uint8Array = new Uint8Array(rowBytes);
  let middle: Uint8Array = new Uint8Array(rowBytes);

  const measureColours = (row: Uint8Array): void => {
    for (let x = 0; x < width; x += step) {
      const [r, g, b] = [row[3 * x] ?? 0, row[3 * x + 1] ?? 0, row[3 * x + 2] ?? 0];
      const most = Math.max(r, g, b);
      if (most > 0) saturation += (most - Math.min(r, g, b)) / most;
      luma.add(lumaAt(row, x));
    }
  };
  const measureEdges = (below: Uint8Array): void => {
    for (let x = step; x < width - 1; x += step) {
      const around = lumaAt(above, x) + lumaAt(below, x) + lumaAt(middle, x - 1) + lumaAt(middle, x + 1);
      laplacian.add(around - 4 * lumaAt(middle, x));
    }
  };

  return {
    add(rows, firstRow) {
      if (firstRow > next) throw new RangeError(`row ${next} was left out, row ${firstRow} came`);
      const end = firstRow + rows.length / rowBytes;
      for (; next < end; next++) {
        const row = rows.subarray((next - firstRow) * rowBytes, (next - firstRow + 1) * rowBytes);
        if (next % step === 0) measureColours(row);
        if (next >= 2 && (next - 1) % step === 0) measureEdges(row);
        [above, middle] = [middle, above];
        middle.set(row);
      }
    },
    result: () => ({
      brightness: luma.mean() / 255,
      contrast: Math.sqrt(luma.variance()) / 255,
      saturation: luma.count() === 0 ? 0 : saturation / luma.count(),
      sharpness: laplacian.variance(),
    }),
  };
}

function lumaAt(row: Uint8Array, x: number): number {
  return 0.2126 * (row[3 * x] ?? 0) + 0.7152 * (row[3 * x + 1] ?? 0) + 0.0722 * (row[3 * x + 2] ?? 0);
}

/** Mean and variance of all that was added. */
function createMoments() {
  let count = 0;
  let sum = 0;
  let squares = 0;
  const mean = () => (count === 0 ? 0 : sum / count);
  return {
    // Plain sums are exact enough for a million values below 1021.
    add(value: number) {
      count += 1;
      sum += value;
      squares += value * value;
    },
    count: () => count,
    mean,
    variance: () => (count === 0 ? 0 : Math.max(0, squares / count - mean() ** 2)),
  };
}

// EXIF orientation: where a pixel of the upright picture lies in the stored one.

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Rectangle extends Size {
  readonly x: number;
  readonly y: number;
}

export interface Orientation {
  readonly stored: Size;
  /** The rectangle of the stored picture that shows as this one of the upright picture. */
  storedOf(upright: Rectangle): Rectangle;
  /** In whole pixels of the stored picture: where the upright pixel `x`, `y` lies, and how far it is to its right and lower neighbours. */
  walkFrom(
    x: number,
    y: number,
  ): { readonly x: number; readonly y: number; readonly right: Step; readonly down: Step };
}

interface Step {
  readonly x: number;
  readonly y: number;
}

/** By number (Exif 2.32, tag 0x0112): whether axes are swapped, and whether the stored x and y run backwards. */
const KINDS = {
  1: [false, false, false],
  2: [false, true, false],
  3: [false, true, true],
  4: [false, false, true],
  5: [true, false, false],
  6: [true, false, true],
  7: [true, true, true],
  8: [true, true, false],
} as const;

/** For a picture of this upright size; what is no orientation counts as 1. */
export function orientationOf(orientation: number, upright: Size): Orientation {
  const [swaps, backX, backY] = KINDS[isKind(orientation) ? orientation : 1];
  const stored = swaps ? { width: upright.height, height: upright.width } : upright;
  const at = (x: number, y: number) => {
    const [along, across] = swaps ? [y, x] : [x, y];
    return {
      x: backX ? stored.width - 1 - along : along,
      y: backY ? stored.height - 1 - across : across,
    };
  };
  const alongX = backX ? -1 : 1;
  const alongY = backY ? -1 : 1;
  const right = swaps ? { x: 0, y: alongY } : { x: alongX, y: 0 };
  const down = swaps ? { x: alongX, y: 0 } : { x: 0, y: alongY };
  return {
    stored,
    storedOf({ x, y, width, height }) {
      const one = at(x, y);
      const other = at(x + width - 1, y + height - 1);
      return {
        x: Math.min(one.x, other.x),
        y: Math.min(one.y, other.y),
        width: swaps ? height : width,
        height: swaps ? width : height,
      };
    },
    walkFrom: (x, y) => ({ ...at(x, y), right, down }),
  };
}

function isKind(orientation: number): orientation is keyof typeof KINDS {
  return Number.isInteger(orientation) && orientation >= 1 && orientation <= 8;
}

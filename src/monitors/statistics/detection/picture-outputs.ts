// What was found in one picture, as one row: boxes of one picture are alike, so that the picture is what may be counted.

/** One thing that was found; sides in pixels, `cut` where a tile border cut it. */
export interface FoundBox {
  readonly label: string;
  /** 0 to 1. */
  readonly confidence: number;
  readonly box: { readonly width: number; readonly height: number };
  readonly cut?: boolean | undefined;
}

/** More classes than these have no share of their own. */
const MOST_SHARES = 30;

/** The columns of a row that are numbers, by their names in a reference profile; those of pictures without boxes are null. */
export const PICTURE_NUMBERS = [
  'detections_per_image',
  'image_confidence',
  'image_box_size',
  'image_cut',
] as const;

/** The name of the column with a class's share of a picture's boxes. */
export function shareColumn(label: string): string {
  return `image_share:${label}`;
}

/** The classes whose shares are compared. */
export function comparedClasses(classes: readonly string[]): readonly string[] {
  return classes.slice(0, MOST_SHARES);
}

/**
 * `has_detection` (`true`, `false`), `detections_per_image`, means of confidence and of box size (square root of the area, in
 * pixels), share of boxes that were cut, and by class its share, 0 to 1.
 */
export function pictureOutputs(
  found: readonly FoundBox[],
  classes: readonly string[],
): Readonly<Record<string, number | string | null>> {
  const shareOf = (isCounted: (one: FoundBox) => boolean) => mean(found, (one) => (isCounted(one) ? 1 : 0));
  const shares: Readonly<Record<string, number | null>> = Object.fromEntries(
    comparedClasses(classes).map((name) => [shareColumn(name), shareOf(({ label }) => label === name)]),
  );
  return {
    has_detection: String(found.length > 0),
    detections_per_image: found.length,
    image_confidence: mean(found, ({ confidence }) => confidence),
    image_box_size: mean(found, boxSize),
    image_cut: shareOf(({ cut }) => cut === true),
    ...shares,
  };
}

/** Square root of the area, in pixels. */
export function boxSize({ box: { width, height } }: FoundBox): number {
  return Math.sqrt(width * height);
}

function mean(found: readonly FoundBox[], valueOf: (one: FoundBox) => number): number | null {
  const value = found.reduce((sum, one) => sum + valueOf(one), 0) / found.length;
  return Number.isFinite(value) ? value : null;
}

// Colours by which classes are told apart, also by those who do not see all colours.

/** Three bytes. */
export type Colour = readonly [red: number, green: number, blue: number];

/**
 * Okabe and Ito's palette (Color Universal Design, 2008), without its black and its green, which vanish among plants, and with white; the
 * lighter ones first, for most of what is photographed is darker.
 */
const COLOURS: readonly Colour[] = [
  [240, 228, 66],
  [86, 180, 233],
  [213, 94, 0],
  [204, 121, 167],
  [255, 255, 255],
  [0, 114, 178],
  [230, 159, 0],
];

/** The colour of a class by its place in the manifest; from the eighth on they come again. */
export function colourOf(label: number): Colour {
  return COLOURS[label % COLOURS.length] ?? [255, 255, 255];
}

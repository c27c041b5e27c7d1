// What a picture is like, in the numbers that a reference profile has of pictures.

/** By these names in a reference profile; `aspect` is width over height. */
export const PICTURE_QUALITIES = [
  'brightness',
  'contrast',
  'saturation',
  'sharpness',
  'width',
  'height',
  'aspect',
] as const;

export type PictureQualityName = (typeof PICTURE_QUALITIES)[number];

/** What they are read from: qualities as the worker measured them, sides in pixels. */
export type QualifiedPicture = Readonly<Record<Exclude<PictureQualityName, 'aspect'>, number>>;

/** The number of one quality; null where the picture has none that is finite. */
export function qualityOf(picture: QualifiedPicture, name: PictureQualityName): number | null {
  const value = name === 'aspect' ? picture.width / picture.height : picture[name];
  return Number.isFinite(value) ? value : null;
}

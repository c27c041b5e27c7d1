// Describes what a detector found in pictures it knows as normal, and what these are like, in the form of `reference.json`.
import type { Detection, PictureQuality } from '../events/picture.js';
import type { ColumnProfile, ReferenceProfile } from '../manifest/reference-profile.js';
import {
  boxSize,
  comparedClasses,
  PICTURE_NUMBERS,
  pictureOutputs,
  shareColumn,
} from '../monitors/statistics/detection/picture-outputs.js';
import { PICTURE_QUALITIES, qualityOf } from '../monitors/statistics/picture-qualities.js';
import { profileCategories, profileNumbers } from './reference-profile.js';

/** A picture as it was served: what was found in it, its qualities as the worker measures them, and its sides in pixels. */
export interface ProfiledPicture {
  readonly detections: readonly Detection[];
  readonly picture: PictureQuality & { readonly width: number; readonly height: number };
}

/**
 * Profiles boxes (`label`, `confidence`, `box_size`, `cut`), pictures by what was found in them, and pictures by what they are
 * like. A column without any value is left out. Throws when there is no picture.
 */
export function createDetectionProfile(
  classes: readonly string[],
  pictures: readonly ProfiledPicture[],
): ReferenceProfile & { readonly pictures: NonNullable<ReferenceProfile['pictures']> } {
  if (pictures.length === 0) throw new RangeError('a profile needs at least one picture');
  const boxes = pictures.flatMap(({ detections }) => detections);
  const rows = pictures.map(({ detections }) => pictureOutputs(detections, classes));
  const ofPictures = [...PICTURE_NUMBERS, ...comparedClasses(classes).map(shareColumn)];
  return {
    rows: pictures.length,
    features: {},
    outputs: {
      label: profileCategories(
        classes,
        boxes.map(({ label }) => label),
      ),
      cut: profileCategories(
        TRUTHS,
        boxes.map(({ cut }) => String(cut === true)),
      ),
      has_detection: profileCategories(
        TRUTHS,
        rows.map((row) => row['has_detection'] ?? undefined),
      ),
      ...profileColumns([
        ['confidence', boxes.map(({ confidence }) => confidence)],
        ['box_size', boxes.map(boxSize)],
        ...ofPictures.map((name): Column => [name, rows.map((row) => row[name] ?? null)]),
      ]),
    },
    pictures: profileColumns(
      PICTURE_QUALITIES.map((name): Column => [
        name,
        pictures.map(({ picture }) => qualityOf(picture, name)),
      ]),
    ),
  };
}

const TRUTHS = ['true', 'false'];

type Column = readonly [name: string, values: readonly (number | string | null)[]];
type NumericProfile = Extract<ColumnProfile, { readonly kind: 'numeric' }>;

/** By name, those that have a number. */
function profileColumns(columns: readonly Column[]): Record<string, NumericProfile> {
  return Object.fromEntries(
    columns.flatMap(([name, values]) => {
      const numbers = values.map((value) => (typeof value === 'number' ? value : Number.NaN));
      if (!numbers.some(Number.isFinite)) return [];
      const profile = profileNumbers(numbers);
      return profile.kind === 'numeric' ? [[name, profile] as const] : [];
    }),
  );
}

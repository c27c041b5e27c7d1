// The profile of a detector has the form of reference.json and counts boxes and pictures as it says.
import { describe, expect, it } from 'vitest';
import { drawScenes, STAGES } from '../../test/support/detector-batches.js';
import { referenceProfileSchema } from '../manifest/reference-profile.js';
import { createDetectionProfile, type ProfiledPicture } from './detection-profile.js';
import { createRandom } from './random.js';

const picture = { width: 400, height: 200, brightness: 0.5, contrast: 0.2, saturation: 0.3, sharpness: 90 };
const box = (width: number, height: number) => ({ x: 0, y: 0, width, height });
const PICTURES: ProfiledPicture[] = [
  {
    detections: [
      { label: 'young', confidence: 0.9, box: box(10, 40), cut: true },
      { label: 'mature', confidence: 0.5, box: box(30, 30) },
    ],
    picture,
  },
  { detections: [{ label: 'young', confidence: 0.6, box: box(8, 8) }], picture: { ...picture, width: 200 } },
  { detections: [], picture },
];

describe('the profile of a detector', () => {
  const profile = createDetectionProfile(['young', 'mature', 'fruiting'], PICTURES);

  it('counts boxes by class, size, confidence and wholeness', () => {
    expect(profile.outputs).toMatchObject({
      label: { count: 3, counts: { young: 2, mature: 1, fruiting: 0 } },
      confidence: { count: 3, mean: 0.666667, min: 0.5, max: 0.9 },
      box_size: { count: 3, min: 8, max: 30 },
      cut: { counts: { true: 1, false: 2 } },
    });
  });

  it('counts pictures by what was found in them; those without a box have no mean of theirs', () => {
    expect(profile.rows).toBe(3);
    expect(profile.outputs).toMatchObject({
      has_detection: { counts: { true: 2, false: 1 } },
      detections_per_image: { count: 3, mean: 1, min: 0, max: 2 },
      image_confidence: { count: 2, missing: 1, mean: 0.65 },
      image_box_size: { count: 2, min: 8, max: 25 },
      image_cut: { count: 2, mean: 0.25 },
      'image_share:young': { count: 2, missing: 1, mean: 0.75 },
      'image_share:fruiting': { count: 2, max: 0 },
    });
  });

  it('describes the pictures', () => {
    expect(profile.pictures).toMatchObject({
      width: { count: 3, min: 200, max: 400 },
      aspect: { min: 1, max: 2 },
      brightness: { mean: 0.5, std: 0 },
    });
  });

  it('has the form of reference.json, also where nothing was found, and is none without pictures', () => {
    const [, , empty] = PICTURES;
    for (const pictures of [drawScenes(createRandom(1), 50), empty === undefined ? [] : [empty]]) {
      const made = createDetectionProfile(STAGES, pictures);
      expect(referenceProfileSchema.parse(JSON.parse(JSON.stringify(made)))).toEqual(made);
    }
    expect(() => createDetectionProfile(STAGES, [])).toThrow(RangeError);
  });
});

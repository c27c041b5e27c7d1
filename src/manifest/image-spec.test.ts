// What model.json may say of pictures, and what it is told when that does not fit together.
import { describe, expect, it } from 'vitest';
import { modelManifestSchema } from './model-manifest.js';

const detector = {
  name: 'trees',
  title: 'Trees',
  task: 'detection',
  features: [{ name: 'image', type: 'image' }],
  classes: ['tree'],
  inputs: [{ tensor: 'images', features: ['image'] }],
  outputs: { detections: { layout: 'yolov8', tensor: 'output0' } },
  image: { fit: 'tiles' },
};
const problems = (changes: object) => {
  const parsed = modelManifestSchema.safeParse({ ...detector, ...changes });
  return parsed.error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];
};

describe('a model of pictures', () => {
  it('needs little to be said, and the rest is usual', () => {
    const { image, outputs } = modelManifestSchema.parse(detector);
    expect(image).toMatchObject({
      layout: 'nchw',
      channels: 'rgb',
      overlap: 0.2,
      confidence: 0.25,
      iou: 0.5,
      merge: 'nmm',
      keep: 'annotated',
    });
    expect(outputs.detections).toEqual({ layout: 'yolov8', tensor: 'output0', units: 'pixels' });
  });

  it.each([
    [{ image: undefined }, 'image: a model of pictures says how they become tensors, at least "fit"'],
    [{ outputs: {} }, 'outputs: a detector names its detections output'],
    [{ classes: [] }, 'classes: a detector names its classes'],
    [
      { features: [{ name: 'image', type: 'image', required: false }] },
      'features: a picture cannot be missing',
    ],
    [
      {
        features: [...detector.features, { name: 'site', type: 'text' }],
        inputs: [...detector.inputs, { tensor: 'site', features: ['site'] }],
      },
      'features: a feature of type image is the only one of its model',
    ],
    [
      { features: [{ name: 'a', type: 'number' }], inputs: [{ tensor: 'a', features: ['a'] }] },
      'features: a detector takes a feature of type image',
    ],
    [{ image: { fit: 'tiles', width: 320 } }, 'image: width and height are given together'],
    [{ image: { fit: 'tiles', overlap: 0.9 } }, 'image.overlap: Too big'],
    [{ image: { fit: 'zoom' } }, 'image.fit: Invalid option'],
    [{ outputs: { detections: { layout: 'yolov3', tensor: 'x' } } }, 'outputs.detections.layout: Invalid'],
    [{ task: 'regression', outputs: { value: 'v' } }, 'image.fit: only a detector can be run on tiles'],
    [{ answerCache: { entries: 10 } }, 'answerCache: answers on pictures are not kept'],
  ])('is refused by name: %o', (changes, problem) => {
    expect(problems(changes)).toEqual(expect.arrayContaining([expect.stringContaining(problem)]));
  });

  it('is not what a model of numbers says it is', () => {
    const numbers = { features: [{ name: 'a', type: 'number' }], inputs: [{ tensor: 'a', features: ['a'] }] };
    const image = { fit: 'stretch' };
    const regression = { ...numbers, image, task: 'regression', classes: [], outputs: { value: 'v' } };
    expect(problems(regression)).toEqual(['image: no feature of this model is of type image']);
  });
});

// A model of pictures is checked against its file, and every difference names both sides.
import { describe, expect, it } from 'vitest';
import { modelManifestSchema } from '../manifest/model-manifest.js';
import type { TensorSpec } from '../onnx/tensor-spec.js';
import { checkPictureModel } from './check-picture-model.js';

const manifest = (changes: object = {}) =>
  modelManifestSchema.parse({
    name: 'trees',
    title: 'Trees',
    task: 'detection',
    features: [{ name: 'image', type: 'image' }],
    classes: ['young', 'old'],
    inputs: [{ tensor: 'images', features: ['image'] }],
    outputs: { detections: { layout: 'yolov8', tensor: 'out' } },
    image: { fit: 'tiles' },
    ...changes,
  });
const spec = (
  name: string,
  shape: TensorSpec['shape'],
  type: TensorSpec['type'] = 'float32',
): TensorSpec => ({
  name,
  type,
  shape,
});
const check = (changes: object, input: TensorSpec, ...outputs: readonly TensorSpec[]) => {
  const parsed = manifest(changes);
  if (parsed.image === undefined) throw new Error('no image');
  return checkPictureModel(parsed, parsed.image, { inputs: [input], outputs });
};

const OUT = spec('out', ['batch', 6, 'boxes']);

describe('a model that fits', () => {
  it.each([
    [{}, spec('images', ['batch', 3, 480, 640]), { width: 640, height: 480, type: 'float32' }],
    [
      { image: { fit: 'tiles', layout: 'nhwc' } },
      spec('images', ['n', 96, 128, 3], 'uint8'),
      { width: 128, height: 96, type: 'uint8' },
    ],
    [
      { image: { fit: 'tiles', width: 320, height: 256 } },
      spec('images', ['n', 3, 'h', 'w']),
      { width: 320, height: 256, type: 'float32' },
    ],
    [{ maxBatchRows: 1 }, spec('images', [1, 3, 64, 64]), { width: 64, height: 64, type: 'float32' }],
  ] as const)('says the size of its input: %o', (changes, input, expected) => {
    expect(check(changes, input, OUT)).toEqual({ input: { tensor: 'images', ...expected }, problems: [] });
  });

  it('may have any output that its layout reads', () => {
    const input = spec('images', ['n', 3, 64, 64]);
    const triplets = { layout: 'triplets', boxes: 'b', scores: 's', labels: 'l' };
    const outputs = { outputs: { detections: triplets } };
    const [boxes, scores] = [spec('b', ['n', 'a', 4]), spec('s', ['n', 'a'])];
    expect(check(outputs, input, boxes, scores, spec('l', ['n', 'a'], 'int64')).problems).toEqual([]);
    const yolov5 = { outputs: { detections: { layout: 'yolov5', tensor: 'out' } } };
    expect(check(yolov5, input, spec('out', [1, 25_200, 7])).problems).toEqual([]);
  });
});

describe('a model that does not fit', () => {
  const input = spec('images', ['n', 3, 64, 64]);
  it.each([
    [{}, spec('other', ['n', 3, 64, 64]), OUT, 'fills input "images" with pictures, the file has "other"'],
    [{}, spec('images', ['n', 1, 64, 64]), OUT, 'as [rows, 3, height, width] of float32 or uint8'],
    [
      {},
      spec('images', ['n', 3, 64, 64], 'float16'),
      OUT,
      'of float32 or uint8, the file\'s is "images" float16',
    ],
    [{}, spec('images', [4, 3, 64, 64]), OUT, 'fixed at 4'],
    [{}, spec('images', ['n', 3, 'h', 'w']), OUT, 'say image.width and image.height'],
    [
      { image: { fit: 'tiles', width: 32, height: 32 } },
      input,
      OUT,
      'says image.width 32, the file\'s input is "images"',
    ],
    [
      {},
      input,
      spec('out', ['n', 84, 8400]),
      'yolov8 [rows, 6, boxes] of 2 classes from output "out", the file\'s is',
    ],
    [{}, input, spec('boxes', ['n', 6, 100]), 'from output "out", the file has "boxes"'],
  ] as const)('is refused: %o %o', (changes, found, output, problem) => {
    const { input: none, problems } = check(changes, found, output);
    expect(none).toBeUndefined();
    expect(problems).toEqual(expect.arrayContaining([expect.stringContaining(problem)]));
  });
});

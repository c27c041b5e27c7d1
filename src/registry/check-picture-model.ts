// What a model of pictures takes and answers by its file: the size of its input, and outputs that can hold what is read from them.
import type { DetectionLayout, ImageSpec, PictureInput } from '../manifest/image-spec.js';
import type { ModelManifest } from '../manifest/model-manifest.js';
import type { Signature } from '../onnx/read-signature.js';
import type { TensorSpec } from '../onnx/tensor-spec.js';

/** Either the input as it is to be filled, or every way in which the file does not fit the manifest. */
export interface PictureCheck {
  readonly input: PictureInput | undefined;
  readonly problems: readonly string[];
}

const MAX_SIDE = 8192;

/** For a manifest with `image`; free dimensions fit anything, but for the size, which the manifest must then say. */
export function checkPictureModel(
  { inputs, outputs, classes, maxBatchRows }: ModelManifest,
  image: ImageSpec,
  signature: Signature,
): PictureCheck {
  const problems: string[] = [];
  const name = inputs[0]?.tensor ?? '';
  const spec = signature.inputs.find((input) => input.name === name);
  const others = signature.inputs.filter((input) => input.name !== name);
  for (const other of others)
    problems.push(`the file takes input ${described(other)}, the manifest fills only "${name}"`);
  if (spec === undefined)
    problems.push(
      `the manifest fills input "${name}" with pictures, the file has ${listed(signature.inputs)}`,
    );
  const input = spec && inputOf(spec, image, maxBatchRows, problems);
  if (outputs.detections !== undefined)
    problems.push(...detectionProblems(outputs.detections, classes.length, signature.outputs));
  for (const [what, width] of [['probabilities', classes.length] as const, ['value', 1] as const]) {
    const tensor = outputs[what];
    if (tensor !== undefined) problems.push(...rowProblems(tensor, what, width, signature.outputs));
  }
  return { input: problems.length === 0 ? input : undefined, problems };
}

function inputOf(
  spec: TensorSpec,
  image: ImageSpec,
  maxBatchRows: number,
  problems: string[],
): PictureInput | undefined {
  const wanted = image.layout === 'nchw' ? '[rows, 3, height, width]' : '[rows, height, width, 3]';
  const says = `the manifest fills input "${spec.name}" with pictures as ${wanted}`;
  const { type, shape } = spec;
  const [rows, ...sides] = shape;
  const [channels, height, width] = image.layout === 'nchw' ? sides : [sides[2], sides[0], sides[1]];
  if (
    (type !== 'float32' && type !== 'uint8') ||
    shape.length !== 4 ||
    channels === 1 ||
    (typeof channels === 'number' && channels !== 3)
  ) {
    problems.push(`${says} of float32 or uint8, the file's is ${described(spec)}`);
    return undefined;
  }
  if (typeof rows === 'number' && (rows !== 1 || maxBatchRows !== 1))
    problems.push(
      `the manifest allows batches of up to ${maxBatchRows} tiles (maxBatchRows), the file's input is fixed at ${rows}: ${described(spec)}`,
    );
  const size = { width: sideOf(width, image.width), height: sideOf(height, image.height) };
  for (const side of ['width', 'height'] as const) {
    const fixed = side === 'width' ? width : height;
    const said = image[side];
    if (typeof fixed === 'number' && said !== undefined && said !== fixed)
      problems.push(`the manifest says image.${side} ${said}, the file's input is ${described(spec)}`);
    else if (size[side] < 8 || size[side] > MAX_SIDE)
      problems.push(
        `${says}, whose ${side} the file leaves free: ${described(spec)}; say image.width and image.height`,
      );
  }
  return { tensor: spec.name, ...size, type };
}

const sideOf = (fixed: number | string | undefined, said: number | undefined): number =>
  typeof fixed === 'number' ? fixed : (said ?? 0);

function detectionProblems(
  layout: DetectionLayout,
  classes: number,
  outputs: readonly TensorSpec[],
): string[] {
  const expect = (
    name: string,
    wanted: string,
    fits: (shape: TensorSpec['shape']) => boolean,
    types = FLOATS,
  ) => {
    const says = `the manifest reads ${layout.layout} ${wanted} from output "${name}"`;
    const spec = outputs.find((output) => output.name === name);
    if (spec === undefined) return [`${says}, the file has ${listed(outputs)}`];
    const isKnown = spec.shape[0] !== '...';
    return types.includes(spec.type) && (!isKnown || fits(spec.shape))
      ? []
      : [`${says}, the file's is ${described(spec)}`];
  };
  const is = (side: number | string | undefined, size: number) => typeof side === 'string' || side === size;
  switch (layout.layout) {
    case 'yolov8':
      return expect(
        layout.tensor,
        `[rows, ${4 + classes}, boxes] of ${classes} classes`,
        (shape) => shape.length === 3 && is(shape[1], 4 + classes),
      );
    case 'yolov5':
      return expect(
        layout.tensor,
        `[rows, boxes, ${5 + classes}] of ${classes} classes`,
        (shape) => shape.length === 3 && is(shape[2], 5 + classes),
      );
    case 'triplets': {
      const isList = (shape: TensorSpec['shape']) => shape.length === 1 || shape.length === 2;
      return [
        ...expect(
          layout.boxes,
          'boxes [rows, boxes, 4]',
          (shape) => (shape.length === 2 || shape.length === 3) && is(shape.at(-1), 4),
        ),
        ...expect(layout.scores, 'scores [rows, boxes]', isList),
        ...expect(layout.labels, 'labels [rows, boxes]', isList, [...FLOATS, 'int32', 'int64']),
      ];
    }
  }
}

function rowProblems(tensor: string, what: string, width: number, outputs: readonly TensorSpec[]): string[] {
  const says = `the manifest reads ${what} [rows, ${width}] from output "${tensor}"`;
  const spec = outputs.find((output) => output.name === tensor);
  if (spec === undefined) return [`${says}, the file has ${listed(outputs)}`];
  const { shape, type } = spec;
  const last = shape[1];
  const fits =
    shape[0] === '...' ||
    (shape.length === 2 && (typeof last === 'string' || last === width)) ||
    (shape.length === 1 && width === 1);
  return fits && FLOATS.includes(type) ? [] : [`${says}, the file's is ${described(spec)}`];
}

const FLOATS: readonly string[] = ['float32'];

const listed = (specs: readonly TensorSpec[]): string =>
  specs.length === 0 ? 'none' : specs.map(described).join(', ');

const described = ({ name, type, shape }: TensorSpec): string => `"${name}" ${type} [${shape.join(', ')}]`;

// Whether a model's outputs have the shapes of its detection layout; for the load of a model and for every answer.
import type { DetectionLayout } from '../manifest/image-spec.js';

/** A fixed dimension is a number, a free one a string; `['...']` says nothing at all, as in `TensorSpec`. */
export type Shape = readonly (number | string)[];

/** The tensors of a layout, in the order in which they are handed over. */
export function tensorsOf(layout: DetectionLayout): readonly string[] {
  return layout.layout === 'triplets' ? [layout.boxes, layout.scores, layout.labels] : [layout.tensor];
}

/**
 * What does not fit in the shapes of the layout's outputs, `tensorsOf` their order, as a sentence that names tensor, shape and
 * expectation; undefined when all fit. `rows` is the number of tiles, where it is known.
 */
export function outputProblem(
  layout: DetectionLayout,
  classes: number,
  shapes: readonly Shape[],
  rows: number | 'rows' = 'rows',
): string | undefined {
  const names = tensorsOf(layout);
  const expected = shapesOf(layout, classes, rows);
  let boxes: number | string | undefined;
  for (const [i, name] of names.entries()) {
    const shape = shapes[i];
    const wanted = expected[i] ?? [];
    if (shape === undefined) return `the model gave no output "${name}"`;
    if (shape[0] === '...') continue;
    const whole = withRows(shape, wanted, layout, rows);
    const found = `output "${name}" is [${shape.join(', ')}]`;
    if (whole.length !== wanted.length || !whole.every((side, d) => agree(side, wanted[d])))
      return `${found}, ${layout.layout} with ${classes} classes expects [${wanted.join(', ')}]`;
    const anchors = whole[wanted.indexOf('boxes')];
    if (!agree(anchors, boxes)) return `${found}, "${names[0] ?? ''}" has ${boxes ?? 0} boxes`;
    if (typeof anchors === 'number') boxes = anchors;
  }
  return undefined;
}

function shapesOf({ layout }: DetectionLayout, classes: number, rows: number | string): readonly Shape[] {
  switch (layout) {
    case 'yolov8':
      return [[rows, 4 + classes, 'boxes']];
    case 'yolov5':
      return [[rows, 'boxes', 5 + classes]];
    case 'triplets':
      return [
        [rows, 'boxes', 4],
        [rows, 'boxes'],
        [rows, 'boxes'],
      ];
  }
}

// Models that end in a selection often take one picture and leave its axis out.
function withRows(shape: Shape, wanted: Shape, { layout }: DetectionLayout, rows: number | 'rows'): Shape {
  const omitted = layout === 'triplets' && shape.length === wanted.length - 1;
  return omitted && (rows === 1 || rows === 'rows') ? [1, ...shape] : shape;
}

function agree(a: number | string | undefined, b: number | string | undefined): boolean {
  return typeof a !== 'number' || typeof b !== 'number' || a === b;
}

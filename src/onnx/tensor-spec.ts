// What one input or output of an ONNX model looks like from outside.

/** In the order of `TensorProto.DataType`, whose numbers start at 1; the names are numpy's. */
const ELEMENT_TYPES = [
  'float32',
  'uint8',
  'int8',
  'uint16',
  'int16',
  'int32',
  'int64',
  'string',
  'bool',
  'float16',
  'float64',
  'uint32',
  'uint64',
  'complex64',
  'complex128',
  'bfloat16',
] as const;

export type ElementType = (typeof ELEMENT_TYPES)[number];

/** What a value can be besides a dense tensor; none of these can be read from Node. */
type ContainerType = 'sequence' | 'map' | 'optional' | 'sparse' | 'opaque' | 'unknown';

/**
 * Name, element type and shape. A number is a fixed dimension, a string the name of a free one: `?` when the file
 * gives no name, and `['...']` when it does not even say how many dimensions there are.
 */
export interface TensorSpec {
  readonly name: string;
  readonly type: ElementType | ContainerType;
  readonly shape: readonly (number | string)[];
}

/** The name of an element type's number, `unknown` for numbers ONNX added later. */
export function elementTypeName(code: number): ElementType | 'unknown' {
  return ELEMENT_TYPES[code - 1] ?? 'unknown';
}

/** The number ONNX gives an element type. */
export function elementTypeCode(type: ElementType): number {
  return ELEMENT_TYPES.indexOf(type) + 1;
}

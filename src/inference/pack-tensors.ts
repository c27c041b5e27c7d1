// Feature columns to row-major tensor values, straight into the element type the session takes.
import type { Cell, FeatureColumns } from '../events/prediction-batch.js';
import type { ColumnPlan, ElementType, InputPlan, TensorValues } from './thread-protocol.js';

/** One column on its way into a tensor: every `width`-th place from `at` on. */
interface Target {
  readonly column: ColumnPlan;
  readonly cells: readonly Cell[] | undefined;
  readonly rows: number;
  readonly width: number;
  readonly at: number;
  readonly tensor: string;
}

/**
 * The values of each planned tensor, `[rows, columns]` row-major; `types` belong to `inputs` in order. A missing value is NaN
 * among floats and '' among strings, booleans are 0 and 1. Throws an error naming the feature when a column or a value
 * does not fit, as a missing value in an integer tensor.
 */
export function packTensors(
  inputs: readonly InputPlan[],
  types: readonly ElementType[],
  columns: FeatureColumns,
  rows: number,
): TensorValues[] {
  return inputs.map(({ tensor, columns: planned }, i) => {
    const width = planned.length;
    const values = emptyTensor(types[i] ?? 'float32', rows * width);
    planned.forEach((column, at) => {
      const { feature } = column;
      const cells = Object.hasOwn(columns, feature) ? columns[feature] : undefined;
      if (cells !== undefined && cells.length !== rows)
        throw new Error(`feature "${feature}" has ${cells.length} values for ${rows} rows`);
      fill(values, { column, cells, rows, width, at, tensor });
    });
    return values;
  });
}

function emptyTensor(type: ElementType, length: number): TensorValues {
  switch (type) {
    case 'float32':
      return new Float32Array(length);
    case 'float64':
      return new Float64Array(length);
    case 'int32':
      return new Int32Array(length);
    case 'int64':
      return new BigInt64Array(length);
    case 'bool':
      return new Uint8Array(length);
    case 'string':
      return new Array<string>(length).fill('');
  }
}

function fill(values: TensorValues, target: Target): void {
  if (Array.isArray(values)) fillTexts(values, target);
  else if (values instanceof Float32Array || values instanceof Float64Array) fillFloats(values, target);
  else if (values instanceof BigInt64Array) fillLongs(values, target);
  else if (values instanceof Int32Array) fillWhole(values, target, -(2 ** 31), 2 ** 31 - 1);
  else fillWhole(values, target, 0, 1);
}

// A loop per kind of tensor: one for all of them would be compiled for none.
function fillFloats(values: Float32Array | Float64Array, target: Target): void {
  const { cells, rows, width } = target;
  for (let row = 0, to = target.at; row < rows; row++, to += width) {
    const cell = cells?.[row];
    values[to] = typeof cell === 'number' ? cell : numberOf(cell, target, row);
  }
}

function fillWhole(values: Int32Array | Uint8Array, target: Target, least: number, most: number): void {
  const { cells, rows, width } = target;
  for (let row = 0, to = target.at; row < rows; row++, to += width)
    values[to] = wholeOf(cells?.[row], target, row, least, most);
}

function fillLongs(values: BigInt64Array, target: Target): void {
  const { cells, rows, width } = target;
  const most = Number.MAX_SAFE_INTEGER;
  for (let row = 0, to = target.at; row < rows; row++, to += width)
    values[to] = BigInt(wholeOf(cells?.[row], target, row, -most, most));
}

function fillTexts(values: string[], target: Target): void {
  const { cells, rows, width, column } = target;
  for (let row = 0, to = target.at; row < rows; row++, to += width) {
    const cell = cells?.[row] ?? missing('', target, row);
    if (typeof cell !== 'string')
      throw new Error(`feature "${column.feature}" holds a ${typeof cell}, its tensor takes strings`);
    values[to] = cell;
  }
}

// Typed arrays would wrap or zero what does not fit, and the model would answer for another input.
function wholeOf(cell: Cell | undefined, target: Target, row: number, least: number, most: number): number {
  const value = typeof cell === 'number' ? cell : numberOf(cell, target, row);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  const what = Number.isNaN(value) ? 'missing' : 'not a whole number in range';
  throw new Error(
    `feature "${target.column.feature}" is ${what}, which the integer tensor "${target.tensor}" cannot hold`,
  );
}

function numberOf(cell: Cell | undefined, target: Target, row: number): number {
  if (typeof cell === 'string')
    throw new Error(`feature "${target.column.feature}" holds a string, its tensor takes numbers`);
  return cell === null || cell === undefined ? missing(Number.NaN, target, row) : Number(cell);
}

function missing<T>(substitute: T, { column }: Target, row: number): T {
  if (column.required) throw new Error(`feature "${column.feature}" is missing in row ${row}`);
  return substitute;
}

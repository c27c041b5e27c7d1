// Checks and copies the output tensor of a run; runs in a session thread.
import type { Tensor } from 'onnxruntime-node';
import type { SessionPlan } from './thread-protocol.js';

/**
 * The answering tensor's values, row-major, `rows * columns` long; `[rows]` counts as `[rows, 1]`. Throws an error
 * naming the output when it is missing, of another shape or type, or not finite.
 */
export function readOutput(
  output: SessionPlan['output'],
  tensor: Tensor | undefined,
  rows: number,
): Float64Array<ArrayBuffer> {
  const name = `output "${output.tensor}"`;
  if (tensor === undefined) throw new Error(`model.onnx gave no ${name}`);
  const { dims, data } = tensor;
  const fits =
    dims[0] === rows &&
    (dims.length === 2 ? dims[1] === output.columns : dims.length === 1 && output.columns === 1);
  if (!fits)
    throw new Error(
      `${name} is [${dims.join(', ')}], the manifest expects [${rows}, ${output.columns}] for ${rows} rows`,
    );
  const values = numbersOf(data);
  if (values === undefined) throw new Error(`${name} is ${tensor.type}, the manifest expects numbers`);
  const bad = values.findIndex((v) => !Number.isFinite(v));
  if (bad !== -1)
    throw new Error(`${name} is not a finite number for row ${Math.floor(bad / output.columns)}`);
  return values;
}

function numbersOf(data: Tensor.DataType): Float64Array<ArrayBuffer> | undefined {
  if (data instanceof Float32Array || data instanceof Float64Array || data instanceof Int32Array)
    return new Float64Array(data);
  if (data instanceof BigInt64Array) return Float64Array.from(data, Number);
  return undefined;
}

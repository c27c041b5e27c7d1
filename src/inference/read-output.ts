// Checks the output tensor of a run; runs in a session thread.
import type { Tensor } from 'onnxruntime-node';
import type { ColumnsPlan, OutputValues } from './thread-protocol.js';

/**
 * The answering tensor's values, row-major, `rows * columns` long; `[rows]` counts as `[rows, 1]`. Throws an error
 * naming the output when it is missing, of another shape or type, or not finite.
 */
export function readOutput(
  output: ColumnsPlan['output'],
  tensor: Tensor | undefined,
  rows: number,
): OutputValues {
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
  if (values.length !== rows * output.columns)
    throw new Error(`${name} holds ${values.length} values for ${rows} rows of ${output.columns}`);
  for (let i = 0; i < values.length; i++)
    if (!Number.isFinite(values[i]))
      throw new Error(`${name} is not a finite number for row ${Math.floor(i / output.columns)}`);
  return values;
}

function numbersOf(data: Tensor.DataType): OutputValues | undefined {
  if (data instanceof Float32Array || data instanceof Float64Array || data instanceof Int32Array)
    return owned(data);
  if (data instanceof BigInt64Array) return Float64Array.from(data, Number);
  return undefined;
}

// What is sent on without copying takes its whole buffer along.
function owned(data: Float32Array | Float64Array | Int32Array): OutputValues {
  const { buffer } = data;
  const whole = buffer instanceof ArrayBuffer && buffer.byteLength === data.byteLength;
  if (!whole) return data.slice();
  if (data instanceof Float32Array) return new Float32Array(buffer);
  return data instanceof Float64Array ? new Float64Array(buffer) : new Int32Array(buffer);
}

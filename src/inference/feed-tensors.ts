// Turns a call's values into ONNX tensors of the types the session asks for; runs in a session thread.
import { Tensor, type InferenceSession } from 'onnxruntime-node';
import type { InputPlan, TensorValues } from './thread-protocol.js';

/**
 * One tensor `[rows, features]` per planned input. Throws an error naming tensor and feature when a value cannot be
 * held by the tensor's type, as a missing value in an integer tensor.
 */
export function feedTensors(
  inputs: readonly InputPlan[],
  metadata: readonly InferenceSession.ValueMetadata[],
  tensors: readonly TensorValues[],
  rows: number,
): Record<string, Tensor> {
  return Object.fromEntries(
    inputs.map((input, i) => {
      const values = tensors[i];
      if (values === undefined) throw new Error(`no values came for tensor "${input.tensor}"`);
      return [input.tensor, toTensor(input, tensorType(input, metadata), values, rows)];
    }),
  );
}

/** The element type of a planned input; throws, naming both sides, when the file has no such tensor. */
export function tensorType(
  input: InputPlan,
  metadata: readonly InferenceSession.ValueMetadata[],
): Tensor.Type {
  const found = metadata.find((m) => m.name === input.tensor);
  if (found === undefined)
    throw new Error(
      `the manifest fills tensor "${input.tensor}", model.onnx takes ${metadata.map((m) => `"${m.name}"`).join(', ')}`,
    );
  if (!found.isTensor)
    throw new Error(`the manifest fills "${input.tensor}" as a tensor, in model.onnx it is none`);
  if ((found.type === 'string') !== (input.kind === 'strings'))
    throw new Error(
      `the manifest fills tensor "${input.tensor}" with ${input.kind}, in model.onnx it is ${found.type}`,
    );
  return found.type;
}

function toTensor(input: InputPlan, type: Tensor.Type, values: TensorValues, rows: number): Tensor {
  const dims = [rows, input.features.length];
  if (Array.isArray(values)) return new Tensor('string', values, dims);
  switch (type) {
    case 'float32':
      return new Tensor(type, new Float32Array(values), dims);
    case 'float64':
      return new Tensor(type, values, dims);
    case 'int64':
      return new Tensor(type, BigInt64Array.from(whole(input, values, 2 ** 53), BigInt), dims);
    case 'int32':
      return new Tensor(type, Int32Array.from(whole(input, values, 2 ** 31)), dims);
    case 'bool':
      return new Tensor(type, Uint8Array.from(whole(input, values, 2)), dims);
    default:
      throw new Error(`tensor "${input.tensor}" of model.onnx is ${type}, which no feature type can fill`);
  }
}

// Typed arrays would wrap or zero what does not fit, and the model would answer for another input.
function whole(input: InputPlan, values: Float64Array, limit: number): Float64Array {
  const bad = values.findIndex((v) => !Number.isInteger(v) || v >= limit || v < -limit);
  if (bad === -1) return values;
  const feature = input.features[bad % input.features.length] ?? '';
  const value = values[bad];
  throw new Error(
    `feature "${feature}" is ${Number.isNaN(value) ? 'missing' : 'not a whole number in range'}, which the integer tensor "${input.tensor}" cannot hold`,
  );
}

// Which element types the opened file takes for the planned inputs; runs in a session thread.
import type { InferenceSession } from 'onnxruntime-node';
import type { ElementType, InputPlan } from './thread-protocol.js';

/**
 * The element type of each planned input, in order. Throws an error naming both sides when the file has no such tensor or one
 * that the planned features cannot fill.
 */
export function elementTypes(
  inputs: readonly InputPlan[],
  metadata: readonly InferenceSession.ValueMetadata[],
): ElementType[] {
  return inputs.map((input) => elementType(input, metadata));
}

function elementType(input: InputPlan, metadata: readonly InferenceSession.ValueMetadata[]): ElementType {
  const { tensor, kind } = input;
  const found = metadata.find((m) => m.name === tensor);
  if (found === undefined)
    throw new Error(
      `the manifest fills tensor "${tensor}", model.onnx takes ${metadata.map((m) => `"${m.name}"`).join(', ')}`,
    );
  if (!found.isTensor)
    throw new Error(`the manifest fills "${tensor}" as a tensor, in model.onnx it is none`);
  const { type } = found;
  if ((type === 'string') !== (kind === 'strings'))
    throw new Error(`the manifest fills tensor "${tensor}" with ${kind}, in model.onnx it is ${type}`);
  switch (type) {
    case 'float32':
    case 'float64':
    case 'int32':
    case 'int64':
    case 'bool':
    case 'string':
      return type;
    default:
      throw new Error(`tensor "${tensor}" of model.onnx is ${type}, which no feature type can fill`);
  }
}

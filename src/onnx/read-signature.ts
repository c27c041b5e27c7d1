// Reads what an ONNX file takes and answers, without loading its weights.
import protobuf from 'protobufjs/light.js';
import { createSignatureMessage } from './onnx-messages.js';
import { elementTypeName, type TensorSpec } from './tensor-spec.js';

export interface Signature {
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
}

/**
 * The inputs and outputs an ONNX file declares, in the file's order; inputs that are only defaults for initializers
 * are left out. Throws `NotAnOnnxModelError` when the bytes are no ONNX model.
 */
export function readSignature(bytes: Uint8Array): Signature {
  const { graph, irVersion } = decode(bytes);
  if (graph === undefined || irVersion === undefined || irVersion < 1)
    throw new NotAnOnnxModelError('it has no graph or no IR version');
  if (graph.output.length === 0) throw new NotAnOnnxModelError('its graph has no outputs');
  const constants = new Set(graph.initializer.map((tensor) => tensor.name));
  return {
    inputs: graph.input.filter((value) => !constants.has(value.name)).map(toTensorSpec),
    outputs: graph.output.map(toTensorSpec),
  };
}

/** The bytes cannot be read as an ONNX model: another format, cut short, or only the beginning of one. */
export class NotAnOnnxModelError extends Error {
  constructor(reason: string, options?: ErrorOptions) {
    super(`This file is not an ONNX model: ${reason}.`, options);
    this.name = 'NotAnOnnxModelError';
  }
}

interface SignatureMessage {
  readonly irVersion?: number;
  readonly graph?: {
    readonly input: readonly ValueInfo[];
    readonly output: readonly ValueInfo[];
    readonly initializer: readonly { readonly name?: string }[];
  };
}

interface ValueInfo {
  readonly name?: string;
  readonly type?: {
    readonly tensorType?: {
      readonly elemType?: number;
      readonly shape?: {
        readonly dim: readonly { readonly dimValue?: number; readonly dimParam?: string }[];
      };
    };
    readonly sequenceType?: unknown;
    readonly mapType?: unknown;
    readonly opaqueType?: unknown;
    readonly sparseTensorType?: unknown;
    readonly optionalType?: unknown;
  };
}

function decode(bytes: Uint8Array): SignatureMessage {
  const message = createSignatureMessage();
  const reader = protobuf.Reader.create(bytes);
  // Otherwise every field that is left out, weights included, would be kept as an unknown one.
  reader.discardUnknown = true;
  try {
    return message.toObject(message.decode(reader), { longs: Number, arrays: true });
  } catch (cause) {
    throw new NotAnOnnxModelError('it cannot be decoded', { cause });
  }
}

function toTensorSpec(value: ValueInfo): TensorSpec {
  const name = value.name ?? '';
  const tensor = value.type?.tensorType;
  if (tensor === undefined) return { name, type: containerType(value), shape: [] };
  return {
    name,
    type: elementTypeName(tensor.elemType ?? 0),
    shape: tensor.shape?.dim.map(
      (d) => d.dimValue ?? (d.dimParam === undefined || d.dimParam === '' ? '?' : d.dimParam),
    ) ?? ['...'],
  };
}

function containerType({ type }: ValueInfo): TensorSpec['type'] {
  if (type?.sequenceType !== undefined) return 'sequence';
  if (type?.mapType !== undefined) return 'map';
  if (type?.optionalType !== undefined) return 'optional';
  if (type?.sparseTensorType !== undefined) return 'sparse';
  return type?.opaqueType === undefined ? 'unknown' : 'opaque';
}

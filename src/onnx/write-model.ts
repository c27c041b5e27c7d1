// Writes an ONNX model file: a graph in plain objects becomes the bytes of a ModelProto.
import { createModelMessage } from './onnx-messages.js';
import { elementTypeCode, type ElementType } from './tensor-spec.js';

/** A constant of the graph, row-major; `values` is as long as the product of `dims`. */
export type Initializer =
  | {
      readonly name: string;
      readonly type: 'float32' | 'int64';
      readonly dims: readonly number[];
      readonly values: readonly number[];
    }
  | {
      readonly name: string;
      readonly type: 'string';
      readonly dims: readonly number[];
      readonly values: readonly string[];
    };

type Attribute =
  | { readonly kind: 'float' | 'int'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'floats' | 'ints'; readonly value: readonly number[] }
  | { readonly kind: 'strings'; readonly value: readonly string[] };

/** One operator; `domain` is `ai.onnx.ml` for the classical-learning operators, else unset. */
export interface GraphNode {
  readonly op: string;
  readonly domain?: 'ai.onnx.ml';
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, Attribute>>;
}

/** A tensor that enters or leaves the graph; a string in `shape` names a free dimension. */
export interface GraphValue {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly (number | string)[];
}

/** Nodes stand in an order in which every value is made before it is used. */
export interface Graph {
  readonly name: string;
  readonly inputs: readonly GraphValue[];
  readonly outputs: readonly GraphValue[];
  readonly initializers: readonly Initializer[];
  readonly nodes: readonly GraphNode[];
}

/**
 * The bytes of an ONNX model (IR version 8, opset 17, ai.onnx.ml 3): the same graph always gives the same bytes.
 * Throws when an initializer's values do not fill its dims.
 */
export function writeModel(graph: Graph): Uint8Array {
  const message = createModelMessage();
  return message
    .encode({
      irVersion: 8,
      producerName: 'vigie',
      opsetImport: [
        { domain: '', version: 17 },
        { domain: 'ai.onnx.ml', version: 3 },
      ],
      graph: {
        name: graph.name,
        input: graph.inputs.map(toValueInfo),
        output: graph.outputs.map(toValueInfo),
        initializer: graph.initializers.map(toTensor),
        node: graph.nodes.map(toNode),
      },
    })
    .finish();
}

function toValueInfo(value: GraphValue): object {
  const dim = value.shape.map((d) => (typeof d === 'number' ? { dimValue: d } : { dimParam: d }));
  return {
    name: value.name,
    type: { tensorType: { elemType: elementTypeCode(value.type), shape: { dim } } },
  };
}

function toTensor(tensor: Initializer): object {
  const size = tensor.dims.reduce((product, d) => product * d, 1);
  if (tensor.values.length !== size)
    throw new RangeError(
      `initializer "${tensor.name}" of dims [${tensor.dims.join(', ')}] wants ${size} values, not ${tensor.values.length}`,
    );
  const data = { float32: 'floatData', int64: 'int64Data', string: 'stringData' }[tensor.type];
  return {
    name: tensor.name,
    dims: tensor.dims,
    dataType: elementTypeCode(tensor.type),
    [data]: tensor.values,
  };
}

function toNode(node: GraphNode, index: number): object {
  return {
    name: `${node.op}_${index}`,
    opType: node.op,
    ...(node.domain === undefined ? {} : { domain: node.domain }),
    input: node.inputs,
    output: node.outputs,
    attribute: Object.entries(node.attributes ?? {}).map(([name, attribute]) => toAttribute(name, attribute)),
  };
}

// The numbers of AttributeProto.AttributeType and the field each kind is kept in.
const ATTRIBUTE_KINDS = {
  float: { type: 1, field: 'f' },
  int: { type: 2, field: 'i' },
  string: { type: 3, field: 's' },
  floats: { type: 6, field: 'floats' },
  ints: { type: 7, field: 'ints' },
  strings: { type: 8, field: 'strings' },
} as const;

function toAttribute(name: string, attribute: Attribute): object {
  const { type, field } = ATTRIBUTE_KINDS[attribute.kind];
  return { name, type, [field]: attribute.value };
}

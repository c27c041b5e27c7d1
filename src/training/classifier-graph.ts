// Turns a trained classifier, preprocessing included, into an ONNX graph.
import type { Graph, GraphNode, GraphValue, Initializer } from '../onnx/write-model.js';
import type { DenseLayer, Network } from './network.js';
import {
  CLIP,
  preparedWidth,
  type CategoryInput,
  type NumericInput,
  type PreparedInput,
} from './preprocessing.js';

/**
 * A graph that takes raw features, `[batch, columns]` per input (float32 or string), and answers
 * `probabilities: float32 [batch, classes]`. NaN stands for a missing number and is read as that column's mean.
 */
export function createClassifierGraph(
  name: string,
  inputs: readonly PreparedInput[],
  network: Network,
): Graph {
  const parts = inputs.map((input) => (input.kind === 'numeric' ? numericPart(input) : categoryPart(input)));
  const joined: GraphNode = {
    op: 'Concat',
    inputs: parts.map((part) => part.result),
    outputs: ['prepared'],
    attributes: { axis: { kind: 'int', value: 1 } },
  };
  const layers = network.layers.map((layer, i) => layerPart(layer, i, i === network.layers.length - 1));
  const width = network.layers[0]?.inputs;
  if (width !== preparedWidth(inputs))
    throw new RangeError(`the network takes ${width ?? 0} numbers, the inputs make ${preparedWidth(inputs)}`);
  return {
    name,
    inputs: parts.map((part) => part.input),
    outputs: [
      { name: 'probabilities', type: 'float32', shape: ['batch', network.layers.at(-1)?.outputs ?? 0] },
    ],
    initializers: [...parts, ...layers].flatMap((part) => part.initializers),
    nodes: [...parts.flatMap((part) => part.nodes), joined, ...layers.flatMap((part) => part.nodes)],
  };
}

interface InputPart {
  readonly input: GraphValue;
  readonly initializers: readonly Initializer[];
  readonly nodes: readonly GraphNode[];
  readonly result: string;
}

function numericPart({ tensor, columns }: NumericInput): InputPart {
  const own = (value: string): string => `${tensor}_${value}`;
  const scalar = (value: string, number: number): Initializer => ({
    name: own(value),
    type: 'float32',
    dims: [],
    values: [number],
  });
  const row = (value: string, values: readonly number[]): Initializer => ({
    name: own(value),
    type: 'float32',
    dims: [values.length],
    values,
  });
  return {
    input: { name: tensor, type: 'float32', shape: ['batch', columns.length] },
    initializers: [
      row(
        'mean',
        columns.map((c) => c.mean),
      ),
      row(
        'std',
        columns.map((c) => c.std),
      ),
      scalar('zero', 0),
      scalar('lowest', -CLIP),
      scalar('highest', CLIP),
    ],
    nodes: [
      { op: 'Sub', inputs: [tensor, own('mean')], outputs: [own('centred')] },
      { op: 'Div', inputs: [own('centred'), own('std')], outputs: [own('scaled')] },
      { op: 'IsNaN', inputs: [own('scaled')], outputs: [own('missing')] },
      { op: 'Where', inputs: [own('missing'), own('zero'), own('scaled')], outputs: [own('filled')] },
      {
        op: 'Clip',
        inputs: [own('filled'), own('lowest'), own('highest')],
        outputs: [own('standardised')],
      },
    ],
    result: own('standardised'),
  };
}

function categoryPart({ tensor, categories }: CategoryInput): InputPart {
  const own = (value: string): string => `${tensor}_${value}`;
  return {
    input: { name: tensor, type: 'string', shape: ['batch', 1] },
    initializers: [{ name: own('columns'), type: 'int64', dims: [2], values: [-1, categories.length] }],
    nodes: [
      {
        op: 'OneHotEncoder',
        domain: 'ai.onnx.ml',
        inputs: [tensor],
        outputs: [own('encoded')],
        attributes: {
          cats_strings: { kind: 'strings', value: categories },
          // An unknown category becomes a row of zeros instead of an error.
          zeros: { kind: 'int', value: 1 },
        },
      },
      // The encoder answers [batch, 1, categories].
      { op: 'Reshape', inputs: [own('encoded'), own('columns')], outputs: [own('one_hot')] },
    ],
    result: own('one_hot'),
  };
}

function layerPart(
  layer: DenseLayer,
  index: number,
  last: boolean,
): { initializers: readonly Initializer[]; nodes: readonly GraphNode[] } {
  const [weights, biases, sums] = [`weights_${index}`, `biases_${index}`, `sums_${index}`];
  const output = last ? 'probabilities' : `hidden_${index}`;
  return {
    initializers: [
      { name: weights, type: 'float32', dims: [layer.inputs, layer.outputs], values: [...layer.weights] },
      { name: biases, type: 'float32', dims: [layer.outputs], values: [...layer.biases] },
    ],
    nodes: [
      {
        op: 'Gemm',
        inputs: [index === 0 ? 'prepared' : `hidden_${index - 1}`, weights, biases],
        outputs: [sums],
      },
      last
        ? {
            op: 'Softmax',
            inputs: [sums],
            outputs: [output],
            attributes: { axis: { kind: 'int', value: 1 } },
          }
        : { op: 'Relu', inputs: [sums], outputs: [output] },
    ],
  };
}

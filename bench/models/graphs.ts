// The larger models: weights are drawn at random, since what they cost does not depend on what they know.
import type { Graph, GraphNode, Initializer } from '../../src/onnx/write-model.js';
import { createRandom } from '../../src/training/random.js';

/** About one million weights in three dense layers: 64 numbers in, 10 classes out. */
export const MLP = { features: 64, classes: 10 } as const;
/** 144 numbers, seen as an image of 12 x 12, through five convolutions of 3 x 3; about 19 million multiplications a row. */
export const CNN = { features: 144, side: 12, classes: 10 } as const;

const MLP_HIDDEN = [1024, 900] as const;
const CNN_CHANNELS = [32, 64, 64, 64, 64] as const;

export function mlpGraph(): Graph {
  const sizes = [MLP.features, ...MLP_HIDDEN, MLP.classes];
  const layers = sizes.slice(1).map((outputs, i) => dense(i, sizes[i] ?? 0, outputs));
  return {
    name: 'bench-mlp',
    inputs: [{ name: 'features', type: 'float32', shape: ['batch', MLP.features] }],
    outputs: [{ name: 'probabilities', type: 'float32', shape: ['batch', MLP.classes] }],
    initializers: layers.flatMap((layer) => layer.initializers),
    nodes: layers.flatMap(({ node }, i) => [
      { ...node, inputs: [i === 0 ? 'features' : `active${i - 1}`, ...node.inputs] },
      i === layers.length - 1
        ? { op: 'Softmax', inputs: [`dense${i}`], outputs: ['probabilities'] }
        : { op: 'Relu', inputs: [`dense${i}`], outputs: [`active${i}`] },
    ]),
  };
}

export function cnnGraph(): Graph {
  const channels = [1, ...CNN_CHANNELS];
  const layers = CNN_CHANNELS.map((outputs, i) => convolution(i, channels[i] ?? 0, outputs));
  const last = CNN_CHANNELS.length - 1;
  const head = dense(0, CNN_CHANNELS[last] ?? 0, CNN.classes);
  return {
    name: 'bench-cnn',
    inputs: [{ name: 'features', type: 'float32', shape: ['batch', CNN.features] }],
    outputs: [{ name: 'probabilities', type: 'float32', shape: ['batch', CNN.classes] }],
    initializers: [
      { name: 'image', type: 'int64', dims: [4], values: [-1, 1, CNN.side, CNN.side] },
      ...layers.flatMap((layer) => layer.initializers),
      ...head.initializers,
    ],
    nodes: [
      { op: 'Reshape', inputs: ['features', 'image'], outputs: ['active-1'] },
      ...layers.flatMap(({ node }, i) => [
        { ...node, inputs: [`active${i - 1}`, ...node.inputs] },
        { op: 'Relu', inputs: [`conv${i}`], outputs: [`active${i}`] },
      ]),
      { op: 'GlobalAveragePool', inputs: [`active${last}`], outputs: ['pooled'] },
      { op: 'Flatten', inputs: ['pooled'], outputs: ['flat'] },
      { ...head.node, inputs: ['flat', ...head.node.inputs] },
      { op: 'Softmax', inputs: ['dense0'], outputs: ['probabilities'] },
    ],
  };
}

interface Layer {
  /** Its data input is still to be put first. */
  readonly node: GraphNode;
  readonly initializers: readonly Initializer[];
}

function dense(index: number, inputs: number, outputs: number): Layer {
  return {
    node: { op: 'Gemm', inputs: [`weights${index}`, `biases${index}`], outputs: [`dense${index}`] },
    initializers: [
      weights(`weights${index}`, [inputs, outputs], inputs),
      weights(`biases${index}`, [outputs], outputs),
    ],
  };
}

function convolution(index: number, inputs: number, outputs: number): Layer {
  return {
    node: {
      op: 'Conv',
      inputs: [`kernel${index}`],
      outputs: [`conv${index}`],
      attributes: { pads: { kind: 'ints', value: [1, 1, 1, 1] } },
    },
    initializers: [weights(`kernel${index}`, [outputs, inputs, 3, 3], inputs * 9)],
  };
}

// He's initialisation: the signal keeps its size from layer to layer, so nothing becomes denormal, which would be slow.
function weights(name: string, dims: readonly number[], fanIn: number): Initializer {
  const random = createRandom(dims.reduce((seed, d) => seed * 31 + d, name.length));
  const size = dims.reduce((product, d) => product * d, 1);
  const scale = Math.sqrt(2 / fanIn);
  return { name, type: 'float32', dims, values: Array.from({ length: size }, () => random.normal(0, scale)) };
}

// A classifier of pictures that needs no wisdom: the mean of each channel is the logit of its colour.
import { join } from 'node:path';
import { mkdir, writeFile } from 'node:fs/promises';
import type { Graph } from '../../src/onnx/write-model.js';
import { writeVersion } from './tiny-model.js';

const MANIFEST = {
  name: 'colour',
  title: 'Colour of a picture',
  task: 'classification',
  features: [{ name: 'picture', type: 'image' }],
  classes: ['red', 'green', 'blue'],
  inputs: [{ tensor: 'pixels', features: ['picture'] }],
  outputs: { probabilities: 'logits' },
  image: { fit: 'crop', width: 32, height: 32, scale: 0.03, activation: 'softmax', keep: 'nothing' },
  maxBatchRows: 4,
};

const GRAPH: Graph = {
  name: 'colour',
  inputs: [{ name: 'pixels', type: 'float32', shape: ['batch', 3, 'height', 'width'] }],
  outputs: [{ name: 'logits', type: 'float32', shape: ['batch', 3] }],
  initializers: [],
  nodes: [
    {
      op: 'ReduceMean',
      inputs: ['pixels'],
      outputs: ['logits'],
      attributes: { axes: { kind: 'ints', value: [2, 3] }, keepdims: { kind: 'int', value: 0 } },
    },
  ],
};

/** Writes the model folder `colour` into a models folder. */
export async function colourModel(modelsDir: string): Promise<void> {
  const folder = join(modelsDir, MANIFEST.name);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'model.json'), JSON.stringify(MANIFEST));
  await writeVersion(join(folder, '1'), GRAPH);
}

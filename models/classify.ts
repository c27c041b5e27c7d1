// Runs a committed classifier in ONNX Runtime as it is served.
import { Tensor, type InferenceSession } from 'onnxruntime-node';
import type { ModelManifest } from '../src/manifest/model-manifest.js';
import type { Instance } from '../src/training/instance.js';

/** Probabilities of the classes for each instance, run as one batch. Throws when the output has another shape. */
export async function classify(
  session: InferenceSession,
  manifest: ModelManifest,
  instances: readonly Instance[],
): Promise<number[][]> {
  const feeds = manifest.inputs.map(({ tensor, features }): [string, Tensor] => {
    const cells = instances.flatMap((instance) =>
      features.map((feature) => instance.features[feature] ?? NaN),
    );
    const dims = [instances.length, features.length];
    const isText = manifest.features.find((f) => f.name === features[0])?.type === 'category';
    return isText
      ? [tensor, new Tensor('string', cells.map(String), dims)]
      : [tensor, new Tensor('float32', Float32Array.from(cells, Number), dims)];
  });
  const output = (await session.run(Object.fromEntries(feeds)))[manifest.outputs.probabilities ?? ''];
  const width = manifest.classes.length;
  if (output?.dims.join() !== `${instances.length},${width}`)
    throw new Error(`${manifest.name} answers probabilities of another shape`);
  const flat = Array.from(output.data, Number);
  return instances.map((_, i) => flat.slice(i * width, (i + 1) * width));
}

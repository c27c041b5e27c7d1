// Builds the ventilation model: a small neural network on standardised measurements and the room type.
import type { ModelManifest } from '../../src/manifest/model-manifest.js';
import { createClassifierVersion, type ClassifierVersion } from '../../src/training/classifier-version.js';
import { trainMlp } from '../../src/training/mlp.js';
import { fitPreprocessing, prepare } from '../../src/training/preprocessing.js';
import { createRandom } from '../../src/training/random.js';
import { SEED, simulateReadings, splitReadings } from './dataset.js';

/** The version this file makes; another number makes another folder beside it. */
export const version = 1;

/** The files of version 1, the same bytes every time. */
export function buildModel(manifest: ModelManifest): ClassifierVersion {
  const { train, test } = splitReadings();
  const inputs = fitPreprocessing(manifest, train);
  const options = { hidden: [16, 8], epochs: 30, batchSize: 64, learningRate: 0.005, l2: 0.00002 };
  const network = trainMlp(
    train.map(({ features }) => prepare(inputs, features)),
    train.map(({ truth }) => manifest.classes.indexOf(truth)),
    manifest.classes.length,
    options,
    createRandom(SEED + 2),
  );
  return createClassifierVersion({
    manifest,
    inputs,
    network,
    reference: simulateReadings(),
    heldOut: test,
    createdAt: '2026-01-05T00:00:00.000Z',
    training: {
      algorithm: 'multi-layer perceptron, ReLU, Adam',
      data: 'seeded simulation, simulation.ts',
      split: 'stratified, 25% held out',
      seed: SEED,
      rows: train.length,
      ...options,
    },
  });
}

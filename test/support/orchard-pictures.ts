// Rendered orchards as files, with the trees that are in them.
import sharp, { type Sharp } from 'sharp';
import { renderScene } from '../../models/orange-tree-detector/orchard/render-scene.js';
import { REFERENCE_SCENES, type Scene } from '../../models/orange-tree-detector/orchard/scene.js';
import { iou } from '../../src/cli/count-found.js';
import { createRandom } from '../../src/training/random.js';
import type { FoundBox } from './picture-client.js';

export function orchard(seed: number, width = 512, height = 512): Scene {
  return renderScene(createRandom(seed), { ...REFERENCE_SCENES, emptyShare: 0, width, height });
}

export function rawOf({ rgb, width, height }: Scene): Sharp {
  return sharp(rgb, { raw: { width, height, channels: 3 } });
}

export async function jpegOf(scene: Scene): Promise<Buffer> {
  return await rawOf(scene).jpeg({ quality: 92 }).toBuffer();
}

/** Share of the trees that a box of any stage overlaps by half. */
export function recall({ trees }: Scene, found: readonly Pick<FoundBox, 'box'>[]): number {
  return trees.filter((tree) => found.some(({ box }) => iou(tree.box, box) >= 0.5)).length / trees.length;
}

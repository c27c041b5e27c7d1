// Pictures larger than one scene: a whole survey flight, for benchmarks of large uploads.
import type { LabelledTree, Scene } from './scene.js';

/**
 * Lays scenes side by side until a picture of this size is full; those at the right and bottom edge are cut. A tree that is cut
 * keeps its label while 40 % of its box is left. Scenes must all be of one size. Memory: three bytes a pixel and one scene.
 */
export function layMosaic(width: number, height: number, next: () => Scene): Scene {
  const rgb = new Uint8Array(width * height * 3);
  const trees: LabelledTree[] = [];
  let scene = next();
  const metresPerPixel = scene.metresPerPixel;
  for (let top = 0; top < height; top += scene.height)
    for (let left = 0; left < width; left += scene.width) {
      if (left + top > 0) scene = next();
      const columns = Math.min(scene.width, width - left);
      for (let y = 0; y < Math.min(scene.height, height - top); y++) {
        const from = 3 * y * scene.width;
        rgb.set(scene.rgb.subarray(from, from + 3 * columns), 3 * ((top + y) * width + left));
      }
      for (const { label, box } of scene.trees) {
        const inside = {
          x: left + box.x,
          y: top + box.y,
          width: Math.min(box.width, width - left - box.x),
          height: Math.min(box.height, height - top - box.y),
        };
        const isSeen = inside.width > 0 && inside.height > 0;
        if (isSeen && inside.width * inside.height >= 0.4 * box.width * box.height)
          trees.push({ label, box: inside });
      }
    }
  return { width, height, rgb, trees, metresPerPixel };
}

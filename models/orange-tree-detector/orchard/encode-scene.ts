// Scenes as files: JPEG as a drone sends it, and back.
import sharp from 'sharp';
import type { Random } from '../../../src/training/random.js';
import type { Scene } from './scene.js';

type Picture = Pick<Scene, 'width' | 'height' | 'rgb'>;

/** The picture as JPEG; quality 1 to 100. */
export async function encodeScene({ width, height, rgb }: Picture, quality: number): Promise<Buffer> {
  return sharp(rgb, { raw: { width, height, channels: 3 } })
    .jpeg({ quality })
    .toBuffer();
}

/** Any quality from 60 to 95. */
export function drawQuality(random: Random): number {
  return 60 + random.integer(36);
}

/** The scene with what JPEG has done to its picture. */
export async function compressScene(scene: Scene, quality: number): Promise<Scene> {
  const decoded = await sharp(await encodeScene(scene, quality))
    .raw()
    .toBuffer();
  return { ...scene, rgb: new Uint8Array(decoded.buffer, decoded.byteOffset, decoded.byteLength) };
}

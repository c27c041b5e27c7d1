// The pictures that are measured: rendered scenes, and a large one put together of them.
import sharp from 'sharp';
import { createRandom } from '../../src/training/random.js';
import { renderScene } from '../../models/orange-tree-detector/orchard/render-scene.js';
import { REFERENCE_SCENES } from '../../models/orange-tree-detector/orchard/scene.js';

const QUALITY = 90;
const PATCH = 1000;
// Rendering more would take longer than measuring; that they repeat makes no difference to decoder or network.
const DIFFERENT = 12;

/** One scene as JPEG. */
export async function drawScene(seed: number, side: number): Promise<Buffer> {
  return await toJpeg(await drawRaw(seed, side));
}

/** A picture of so many patches of 1000 x 1000 pixels, as JPEG. */
export async function drawMosaic(columns: number, rows: number): Promise<Buffer> {
  const patches = await Promise.all(Array.from({ length: DIFFERENT }, (_, i) => drawRaw(i, PATCH)));
  const layers = Array.from({ length: columns * rows }, (_, i) => ({
    input: patches[i % DIFFERENT]?.rgb ?? Buffer.alloc(0),
    raw: { width: PATCH, height: PATCH, channels: 3 as const },
    left: (i % columns) * PATCH,
    top: Math.floor(i / columns) * PATCH,
  }));
  const [width, height] = [columns * PATCH, rows * PATCH];
  return await sharp({ create: { width, height, channels: 3, background: '#000' } })
    .composite(layers)
    .jpeg({ quality: QUALITY })
    .toBuffer();
}

interface Raw {
  readonly rgb: Buffer;
  readonly side: number;
}

function drawRaw(seed: number, side: number): Promise<Raw> {
  const { rgb } = renderScene(createRandom(seed), {
    ...REFERENCE_SCENES,
    emptyShare: 0,
    width: side,
    height: side,
  });
  return Promise.resolve({ rgb: Buffer.from(rgb.buffer, rgb.byteOffset, rgb.byteLength), side });
}

function toJpeg({ rgb, side }: Raw): Promise<Buffer> {
  return sharp(rgb, { raw: { width: side, height: side, channels: 3 } })
    .jpeg({ quality: QUALITY })
    .toBuffer();
}

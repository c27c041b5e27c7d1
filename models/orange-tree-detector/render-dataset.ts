// Writes numbered scenes of a split for train.py: `tsx render-dataset.ts <folder> <split> <first> <count>`.
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { compressScene } from './orchard/encode-scene.js';
import { renderSample, SPLITS } from './samples.js';

const [folder = '', splitName = '', first = '0', count = '0'] = process.argv.slice(2);
const split = SPLITS.find((one) => one === splitName);
if (folder === '' || split === undefined)
  throw new Error(`usage: tsx render-dataset.ts <folder> <${SPLITS.join('|')}> <first> <count>`);

// Pixels of all scenes one after the other, and their boxes in the same order: one array to map into memory.
await mkdir(folder, { recursive: true });
const name = join(folder, `${split}-${first.padStart(6, '0')}`);
const pixels = createWriteStream(`${name}.rgb`);
const trees: unknown[] = [];
for (let index = Number(first); index < Number(first) + Number(count); index++) {
  const { scene: rendered, quality } = renderSample(split, index);
  const scene = await compressScene(rendered, quality);
  if (!pixels.write(scene.rgb)) await once(pixels, 'drain');
  trees.push(scene.trees.map(({ label, box }) => [label, box.x, box.y, box.width, box.height]));
}
pixels.end();
await once(pixels, 'finish');
await writeFile(`${name}.json`, JSON.stringify(trees));

// What scenes promise to training, simulator and tests, on small pictures.
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/training/random.js';
import { createScenes } from '../traffic.js';
import { compressScene, encodeScene } from './encode-scene.js';
import { layMosaic } from './mosaic.js';
import { renderScene } from './render-scene.js';
import { REFERENCE_SCENES, STAGES, type Scene, type SceneOptions } from './scene.js';

const SMALL = { width: 160, height: 128 };
const DAY = render({});

function render(drift: Partial<SceneOptions>, count = 8): Scene[] {
  const next = createScenes(7);
  return Array.from({ length: count }, () => next({ ...SMALL, emptyShare: 0, ...drift }));
}

function meanOf(scenes: readonly Scene[], channel: number): number {
  const values = scenes.flatMap(({ rgb }) =>
    rgb.filter((_, i) => i % 3 === channel).reduce((a, b) => a + b, 0),
  );
  return values.reduce((a, b) => a + b, 0) / (scenes.length * SMALL.width * SMALL.height);
}

function sameBytes(one: Scene | undefined, other: Scene | undefined): boolean {
  return one !== undefined && other !== undefined && Buffer.compare(one.rgb, other.rgb) === 0;
}

/** Mean squared difference of neighbours: how sharp a picture is. */
function sharpness(scenes: readonly Scene[]): number {
  return scenes.reduce(
    (sum, { rgb }) => sum + rgb.reduce((total, value, i) => total + (value - (rgb[i + 3] ?? value)) ** 2, 0),
    0,
  );
}

describe('a scene', () => {
  it('is the same bytes and boxes for the same seed, and others for another', () => {
    const [one, again, other] = [3, 3, 4].map((seed) =>
      renderScene(createRandom(seed), { ...REFERENCE_SCENES, ...SMALL }),
    );
    expect(again?.trees).toEqual(one?.trees);
    expect(sameBytes(again, one)).toBe(true);
    expect(sameBytes(other, one)).toBe(false);
  });

  it('has whole pixels for boxes, which lie within the picture', () => {
    const boxes = DAY.flatMap(({ trees }) => trees.map(({ box }) => box));
    expect(boxes.length).toBeGreaterThan(20);
    for (const { x, y, width, height } of boxes) {
      expect([x, y, width, height].every(Number.isInteger)).toBe(true);
      expect(Math.min(x, y)).toBeGreaterThanOrEqual(0);
      expect(Math.min(width, height)).toBeGreaterThan(0);
      expect(x + width).toBeLessThanOrEqual(SMALL.width);
      expect(y + height).toBeLessThanOrEqual(SMALL.height);
    }
  });

  it('has no labelled tree when it is to be empty', () => {
    expect(render({ emptyShare: 1 }, 4).flatMap(({ trees }) => trees)).toEqual([]);
  });

  it('has trees of the stages that the season allows, in its shares', () => {
    const stageShares = { young: 0, mature: 0.7, flowering: 0, fruiting: 0.3 };
    const labels = render({ stageShares }, 20).flatMap(({ trees }) => trees.map(({ label }) => label));
    expect(new Set(labels)).toEqual(new Set(['mature', 'fruiting']));
    const share = labels.filter((label) => label === 'mature').length / labels.length;
    // Most trees of a parcel are of one stage, so twenty scenes tell a share to about 0.15.
    expect(share).toBeGreaterThan(0.4);
    expect(share).toBeLessThan(0.95);
    expect(new Set(DAY.flatMap(({ trees }) => trees.map(({ label }) => label)))).toEqual(new Set(STAGES));
  });
});

describe('drift', () => {
  it('makes dusk darker and warmer', () => {
    const [day, dusk] = [DAY, render({ dusk: 1 })];
    expect(meanOf(dusk, 1)).toBeLessThan(0.7 * meanOf(day, 1));
    expect(meanOf(dusk, 0) / meanOf(dusk, 2)).toBeGreaterThan(1.2 * (meanOf(day, 0) / meanOf(day, 2)));
  });

  it('blurs', () => {
    expect(sharpness(render({ blur: 3 }))).toBeLessThan(0.6 * sharpness(DAY));
  });

  it('leaves neither tree nor grass on bare soil', () => {
    const greenOver = (scenes: readonly Scene[]): number => meanOf(scenes, 1) / meanOf(scenes, 0);
    const bare = render({ bareSoil: true });
    expect(bare.flatMap(({ trees }) => trees)).toEqual([]);
    expect(greenOver(bare)).toBeLessThan(0.93 * greenOver(render({ emptyShare: 1 })));
  });

  it('in one scene leaves the next as it was', () => {
    const [steady, drifted] = [createScenes(5), createScenes(5)];
    steady(SMALL);
    drifted({ ...SMALL, dusk: 1, bareSoil: true });
    expect(sameBytes(drifted(SMALL), steady(SMALL))).toBe(true);
  });
});

describe('files and mosaics', () => {
  it('are JPEG that decodes to the same size and nearly the same picture', async () => {
    const [scene] = DAY;
    if (scene === undefined) throw new Error('one scene');
    expect((await encodeScene(scene, 80)).subarray(0, 2)).toEqual(Buffer.from([0xff, 0xd8]));
    const { rgb } = await compressScene(scene, 90);
    const error = rgb.reduce((sum, value, i) => sum + Math.abs(value - (scene.rgb[i] ?? 0)), 0) / rgb.length;
    expect(rgb).toHaveLength(scene.rgb.length);
    expect(error).toBeLessThan(8);
  });

  it('lay scenes side by side and move their boxes along', () => {
    const [scene] = DAY;
    if (scene === undefined) throw new Error('one scene');
    const mosaic = layMosaic(2 * SMALL.width, SMALL.height, () => scene);
    const row = 3 * SMALL.width;
    expect(Buffer.compare(mosaic.rgb.subarray(row, 2 * row), scene.rgb.subarray(0, row))).toBe(0);
    expect(mosaic.trees).toHaveLength(2 * scene.trees.length);
    const [first] = scene.trees;
    if (first === undefined) return;
    expect(mosaic.trees).toContainEqual({ ...first, box: { ...first.box, x: first.box.x + SMALL.width } });
  });
});

// What the traffic promises to the simulator: seeded, bent by its knobs, and strict about them.
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import type { DrawnPicture } from '../../src/training/picture-traffic.js';
import { REFERENCE_SCENES } from './orchard/scene.js';
import { sceneDrift } from './traffic-knobs.js';
import { createPictureTraffic } from './traffic.js';

describe('traffic of pictures', () => {
  const steady = createPictureTraffic(11);
  const { knobs } = steady;
  let day: DrawnPicture;

  beforeAll(async () => {
    day = await steady.draw(knobs);
  });

  it('is JPEG of 512 x 512 pixels with its trees, and other for another seed', async () => {
    expect(day.contentType).toBe('image/jpeg');
    expect(await sharp(day.bytes).metadata()).toMatchObject({ format: 'jpeg', width: 512, height: 512 });
    expect(day.truth.length).toBeGreaterThan(0);
    expect((await createPictureTraffic(12).draw(knobs)).truth).not.toEqual(day.truth);
  });

  it('grows dark at dusk, and goes on for the same seed as if nothing had been', async () => {
    const bent = createPictureTraffic(11);
    const dusk = await bent.draw({ ...knobs, dusk: 1 });
    expect((await look(dusk)).green).toBeLessThan(0.7 * (await look(day)).green);
    await expect(bent.draw({ ...knobs, dusk: 2 })).rejects.toThrow('dusk');
    expect(await bent.draw(knobs)).toEqual(await steady.draw(knobs));
  });

  it('grows blurred, and bare of all that grows', async () => {
    const blurred = await createPictureTraffic(11).draw({ ...knobs, blur: 3 });
    // Of the same quality, with the same noise: less detail takes less room.
    expect(blurred.bytes.length).toBeLessThan(0.9 * day.bytes.length);
    const bare = await createPictureTraffic(11).draw({ ...knobs, soil: 'bare', empty: 0 });
    const { red, green } = await look(bare);
    expect(green).toBeLessThan(red);
    expect(bare.truth).toEqual([]);
  });
});

describe('knobs', () => {
  it('are the reference mix at their usual, also where they are missing', () => {
    const { width, height } = REFERENCE_SCENES;
    expect({ ...sceneDrift({}), width, height }).toEqual(REFERENCE_SCENES);
  });

  it('turn most trees to the stage of the season', () => {
    const { stageShares } = sceneDrift({ season: 'flowering' });
    expect(stageShares?.flowering).toBe(0.85);
    expect(stageShares?.young).toBeCloseTo(0.05);
    expect(Object.values(stageShares ?? {}).reduce((sum, share) => sum + share, 0)).toBeCloseTo(1);
  });

  it.each([
    [{ dusk: 1.2 }, 'dusk is 1.2, it takes a number from 0 by day to 1 at dusk'],
    [{ dusk: 'late' }, 'dusk is late, it takes a number'],
    [{ blur: -1 }, 'blur is -1, it takes a number from 0 to 20'],
    [{ blur: Number.NaN }, 'blur is NaN'],
    [{ empty: 2 }, 'empty is 2, it takes a number from 0 to 1'],
    [{ soil: 'sand' }, 'soil is sand, it takes one of mixed, bare'],
    [{ season: 1 }, 'season is 1, it takes one of mixed, young, mature, flowering, fruiting'],
    [{ fog: 1 }, 'there is no knob "fog", only dusk, blur, soil, season, empty'],
  ])('%o is refused', (knobs, message) => {
    expect(() => sceneDrift(knobs)).toThrow(message);
  });
});

/** Means, 0 to 255. */
async function look({ bytes }: DrawnPicture) {
  const { channels } = await sharp(bytes).stats();
  const [red = 0, green = 0] = channels.map(({ mean }) => mean);
  return { red, green };
}

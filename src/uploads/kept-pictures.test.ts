// What is kept is found by the id of its prediction, and goes with its day.
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createIds } from '../create-ids.js';
import { createKeptPictures } from './kept-pictures.js';

const NOW = Date.UTC(2026, 5, 15, 12);
const DAY_MS = 86_400_000;
let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'vigie-kept-'));
});
afterEach(() => rm(dir, { recursive: true }));

it('finds a picture by its prediction, of the kind that is asked for', async () => {
  const kept = createKeptPictures(dir);
  const id = createIds(() => NOW)();
  expect(await kept.find(id, 'annotated')).toBeUndefined();
  await writeFile(await kept.pathFor(id, 'annotated'), 'boxes');
  const found = await kept.find(id, 'annotated');
  expect(found?.sizeBytes).toBe(5);
  expect(found && (await text(found.open()))).toBe('boxes');
  expect(await kept.find(id, 'original')).toBeUndefined();
});

it.each(['', '../../etc/passwd', 'a', '01a1f9ac-f16d-7580-b652-c66a23750288/..'])(
  'looks for no file under %j',
  async (id) => {
    const kept = createKeptPictures(dir);
    expect(await kept.find(id, 'original')).toBeUndefined();
    await expect(kept.pathFor(id, 'original')).rejects.toThrow(RangeError);
  },
);

it('drops the days that predictions are not kept any more, and those alone', async () => {
  const kept = createKeptPictures(dir);
  for (const daysAgo of [0, 2, 3, 9]) {
    const id = createIds(() => NOW - daysAgo * DAY_MS)();
    await writeFile(await kept.pathFor(id, 'annotated'), 'x');
  }
  await writeFile(join(dir, 'README'), 'not a day');
  await kept.sweep(2, NOW);
  expect((await readdir(dir)).sort()).toEqual(['2026-06-13', '2026-06-15', 'README']);
});

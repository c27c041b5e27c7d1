// Work that was cut off leaves nothing for ever.
import { mkdtemp, readdir, rm, utimes, writeFile, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openScratchFolder } from './scratch-folder.js';

const HOUR_MS = 3_600_000;
let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'vigie-scratch-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

it('is there, and gone with its files when its process stops; what others left goes after a day', async () => {
  const now = Date.now();
  for (const [name, hours] of [
    ['running', 1],
    ['killed', 30],
  ] as const) {
    await mkdir(join(dir, name));
    await writeFile(join(dir, name, 'a.v'), 'pixels');
    await utimes(join(dir, name), new Date(now - hours * HOUR_MS), new Date(now - hours * HOUR_MS));
  }
  const scratch = await openScratchFolder(dir, 'own', now);
  await writeFile(join(scratch.path, 'b.v'), 'pixels');
  expect((await readdir(dir)).sort()).toEqual(['own', 'running']);
  await scratch.remove();
  expect(await readdir(dir)).toEqual(['running']);
});

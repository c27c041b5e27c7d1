// Files are read whole, however large, and hashed as a whole.
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readHashed } from './read-files.js';

let dir = '';
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'vigie-files-'));
});
afterAll(() => rm(dir, { recursive: true }));

it.each([0, 1, 1024 * 1024, 2 * 1024 * 1024 + 7])('a file of %i bytes', async (size) => {
  const path = join(dir, String(size));
  const bytes = randomBytes(size);
  await writeFile(path, bytes);
  const problems: string[] = [];
  const read = await readHashed(path, (_, problem) => problems.push(problem));
  expect(problems).toEqual([]);
  expect(read?.sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
  expect(read?.bytes.equals(bytes)).toBe(true);
});

// The log on disk is bounded, and what was written last is always in it.
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { privateDataDir } from '../support/vigie-process.js';

interface LogFile {
  readonly write: (line: string) => void;
  readonly close: () => void;
}
const script = join(import.meta.dirname, '..', '..', 'scripts', 'log-file.mjs');
const { openLogFile } = z
  .object({
    openLogFile: z.custom<(path: string, maxBytes: number) => LogFile>(
      (value) => typeof value === 'function',
    ),
  })
  .parse(await import(pathToFileURL(script).href));

it('keeps one file before the current one, over restarts as well', async () => {
  const data = await privateDataDir({ empty: true });
  const path = join(data.dir, 'vigie.log');
  for (const run of [1, 2, 3]) {
    const log = openLogFile(path, 100);
    for (let n = 0; n < 7; n += 1) log.write(`run ${run} line ${n}`); // 13 bytes and a line break
    log.close();
  }
  expect((await readdir(data.dir)).sort()).toEqual(['vigie.log', 'vigie.log.1']);
  const [older, newer] = [await readFile(`${path}.1`, 'utf8'), await readFile(path, 'utf8')];
  expect(older.length).toBeGreaterThanOrEqual(100);
  expect(older.length).toBeLessThan(115);
  expect(newer.length).toBeLessThan(115);
  expect(newer).toMatch(/run 3 line 6\n$/);
  expect(`${older}${newer}`).toMatch(/^(run \d line \d\n)+$/);
  await data.remove();
});

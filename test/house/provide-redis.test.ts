// A machine without Redis: what is done about it is seen by whoever starts Vigie.
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { provideRedisServer } from '../../src/redis/install-redis.js';

const script = join(import.meta.dirname, '..', '..', 'scripts', 'log-lines.mjs');
const { readLogLine } = z
  .object({
    readLogLine: z.custom<(line: string) => { text: string | undefined }>(
      (value) => typeof value === 'function',
    ),
  })
  .parse(await import(pathToFileURL(script).href));

it('says on the screen of npm run up that one is being installed, once', async () => {
  const lines: string[] = [];
  const level = (label: string) => ({ level: label });
  const log = pino({ level: 'info', formatters: { level } }, { write: (line) => void lines.push(line) });
  const server = { path: 'redis-server', version: '7.0.15', recentEnough: true };
  let looks = 0;
  await provideRedisServer({
    allowInstall: true,
    log,
    installers: [{ name: 'apt', isAllowed: () => Promise.resolve(true), commands: [['true'], ['true']] }],
    list: () => Promise.resolve((looks += 1) > 1 ? [server] : []),
  });
  const shown = lines.map((line) => readLogLine(line.trim()).text).filter((text) => text !== undefined);
  expect(shown).toEqual([expect.stringContaining('no Redis 7 or newer found; installing one with apt')]);
});

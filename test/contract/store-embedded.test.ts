// What the embedded store promises beside the contract: one owner, and nothing recorded is lost by a crash.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openStore } from '../../src/store/open-store.js';
import { runTypeScript } from '../support/run-typescript.js';
import { samplePrediction } from '../support/store-samples.js';

let dataDir: string;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'vigie-embedded-'));
});
afterAll(() => rm(dataDir, { recursive: true, force: true }));

const open = () => openStore({ dataDir, log: pino({ level: 'silent' }), now: Date.now });

it(
  'keeps out a second process, and after kill -9 has all that was recorded',
  { timeout: 60_000 },
  async () => {
    const prediction = samplePrediction();
    const importOf = (path: string) => JSON.stringify(new URL(path, import.meta.url));
    const other = runTypeScript(`
    import { pino } from 'pino';
    import { openStore } from ${importOf('../../src/store/open-store.ts')};
    const store = await openStore({ dataDir: ${JSON.stringify(dataDir)}, log: pino({ level: 'silent' }), now: Date.now });
    await store.predictions.record([${JSON.stringify(prediction)}]);
    console.log('recorded');
    for (;;) await store.ping(10000);`);
    expect(await other.firstLine).toBe('recorded');
    await expect(open()).rejects.toThrow(new RegExp(`in use by process ${other.pid}\\..*DATABASE_URL`));
    await other.kill();
    const store = await open();
    expect([...(await store.predictions.find([prediction.id])).values()]).toEqual([
      { ...prediction, feedback: null },
    ]);
    await store.close();
    await (await open()).close();
  },
);

// What the embedded store promises beside the contract: one owner, nothing acknowledged lost by a crash, and no end by one.
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { openEmbeddedSql } from '../../src/store/embedded-sql.js';
import { openStore } from '../../src/store/open-store.js';
import { databaseThreadUrl } from '../support/database-thread-url.js';
import { putFreshDatabase } from '../support/fresh-database.js';
import { runTypeScript } from '../support/run-typescript.js';

// One for all tests, each with tables of its own.
let dataDir: string;
let dir: string;
const lines: string[] = [];
const log = pino({ level: 'error' }, { write: (line: string) => void lines.push(line) });
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'vigie-embedded-'));
  dir = join(dataDir, 'postgres', 'data');
  await putFreshDatabase(dataDir);
});
afterAll(() => rm(dataDir, { recursive: true, force: true }));

const threadUrl = databaseThreadUrl;
const open = () => openStore({ dataDir, threadUrl, log, now: Date.now });
const openSql = (statementTimeoutMs?: number) =>
  openEmbeddedSql({ dir, threadUrl, log, ...(statementTimeoutMs && { statementTimeoutMs }) });
const one = z.object({ n: z.number() });

it('keeps out a second process, and after kill -9 has all that was acknowledged, to the last row', async () => {
  const importOf = (path: string) => JSON.stringify(new URL(path, import.meta.url));
  const other = runTypeScript(`
    import { pino } from 'pino';
    import { openStore } from ${importOf('../../src/store/open-store.ts')};
    import { batchRows, samplePrediction } from ${importOf('../support/store-samples.ts')};
    const store = await openStore({ dataDir: ${JSON.stringify(dataDir)}, threadUrl: new URL(${JSON.stringify(threadUrl.href)}),
      log: pino({ level: 'silent' }), now: Date.now });
    const ids = [];
    for (let written = 0; written < 30; written += 1) {
      const rows = batchRows(Array.from({ length: 100 }, () => samplePrediction()));
      await store.predictions.record(rows);
      ids.push(...rows.map(({ batch }) => batch.ids[0]));
    }
    console.log(JSON.stringify(ids));
    for (;;) await store.predictions.record(batchRows(Array.from({ length: 500 }, () => samplePrediction())));`);
  const ids = z.array(z.string()).parse(JSON.parse(await other.firstLine));
  expect(ids).toHaveLength(3_000);
  await expect(open()).rejects.toThrow(new RegExp(`in use by process ${other.pid}\\..*DATABASE_URL`));
  await other.kill();
  const store = await open();
  expect((await store.predictions.find(ids)).size).toBe(3_000);
  await store.close();
  await (await open()).close();
});

it('gives back what it took to make a new database', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'vigie-new-database-'));
  const other = runTypeScript(`
    import { setTimeout as wait } from 'node:timers/promises';
    import { pino } from 'pino';
    import { openEmbeddedSql } from ${JSON.stringify(new URL('../../src/store/embedded-sql.ts', import.meta.url))};
    const megabytes = () => process.memoryUsage.rss() / 2 ** 20;
    const before = megabytes();
    const sql = await openEmbeddedSql({ dir: ${JSON.stringify(dir)}, threadUrl: new URL(${JSON.stringify(threadUrl.href)}),
      log: pino({ level: 'silent' }) });
    for (let looks = 0; looks < 50 && megabytes() - before > 450; looks += 1) await wait(100);
    console.log(megabytes() - before);
    await sql.close();`);
  expect(Number(await other.firstLine)).toBeLessThan(450);
  await other.kill();
  await rm(dir, { recursive: true, force: true });
});

it('fails the call under way when the database hangs, and is opened again by the next call that finds it', async () => {
  const sql = await openSql(5_000);
  await sql.run('CREATE TABLE kept (n int)');
  await sql.run('INSERT INTO kept VALUES (7)');
  const lost = sql.transaction(async (session) => {
    await session.run('INSERT INTO kept VALUES (8)');
    await session.run('SELECT count(*) FROM (SELECT generate_series(1, 1000000000000)) endless');
  });
  await expect(lost).rejects.toMatchObject({ code: 'UNAVAILABLE', retryable: true });
  expect(lines.join('')).toContain('the embedded database stopped');
  await rename(dir, `${dir}-away`);
  await writeFile(dir, 'no folder');
  await expect(sql.run('SELECT 1')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  await rm(dir);
  await rename(`${dir}-away`, dir);
  expect(await sql.query('SELECT n FROM kept', [], one)).toEqual([{ n: 7 }]);
  await sql.close();
});

it('names what the database refuses by its SQLSTATE', async () => {
  const sql = await openSql();
  await expect(sql.run('SELECT 1/0')).rejects.toMatchObject({ code: '22012', message: 'division by zero' });
  await expect(sql.script('nonsense')).rejects.toMatchObject({ code: '42601' });
  expect(await sql.query('SELECT 1 AS n', [], one)).toEqual([{ n: 1 }]);
  await sql.close();
});

it('keeps a transaction to itself and undoes it when its work fails', async () => {
  const sql = await openSql();
  await sql.run('CREATE TABLE counted (n int)');
  let inside = 0;
  const work = (fails: boolean) =>
    sql.transaction(async (session) => {
      inside += 1;
      expect(inside).toBe(1);
      await session.run('INSERT INTO counted VALUES (1)');
      inside -= 1;
      if (fails) throw new Error('changed its mind');
    });
  const done = await Promise.allSettled([
    work(false),
    work(true),
    work(false),
    sql.run('SELECT 1'),
    work(true),
  ]);
  expect(done.map(({ status }) => status)).toEqual([
    'fulfilled',
    'rejected',
    'fulfilled',
    'fulfilled',
    'rejected',
  ]);
  expect(await sql.query('SELECT count(*)::int AS n FROM counted', [], one)).toEqual([{ n: 2 }]);
  await sql.close();
});

it('finishes what it was given before it closes', async () => {
  const sql = await openSql();
  await sql.run('CREATE TABLE late (n int)');
  const writes = Array.from({ length: 20 }, (_, n) => sql.run('INSERT INTO late VALUES ($1::int)', [n]));
  await Promise.all([sql.close(), ...writes]);
  await expect(sql.run('SELECT 1')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  const again = await openSql();
  expect(await again.query('SELECT count(*)::int AS n FROM late', [], one)).toEqual([{ n: 20 }]);
  await again.close();
});

it('keeps its log short however much is written', async () => {
  const sql = await openSql();
  await sql.run('CREATE TABLE large (text text)');
  for (let i = 0; i < 24; i += 1)
    await sql.run('INSERT INTO large VALUES ($1::text)', [randomBytes(6 * 1024 * 1024).toString('base64')]);
  const segments = (await readdir(join(dir, 'pg_wal'))).filter((name) => /^[0-9A-F]{24}$/.test(name));
  expect(segments.length).toBeLessThanOrEqual(6);
  await sql.close();
});

it('survives that a large statement is refused, alone and in a transaction', async () => {
  const sql = await openSql();
  const large = 'x'.repeat(17 * 1024 * 1024);
  const refused = { code: '22012' };
  const before = lines.length;
  await expect(sql.run('SELECT length($1::text) / 0', [large])).rejects.toMatchObject(refused);
  await sql.transaction(async (session) => {
    await expect(session.run('SELECT length($1::text) / 0', [large])).rejects.toMatchObject(refused);
    await expect(session.run('SELECT 1')).rejects.toMatchObject({ code: '25P02' });
  });
  expect(await sql.query('SELECT 1 AS n', [], one)).toEqual([{ n: 1 }]);
  expect(lines.slice(before)).toEqual([]);
  await sql.close();
});

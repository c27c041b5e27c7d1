// The models folder is followed while the process runs: what is whole is taken, what is not is refused, what serves goes on.
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../../test/support/eventually.js';
import { mixedGraph, mixedManifest, writeVersion } from '../../test/support/tiny-model.js';
import { createMetrics, type Metrics } from '../metrics.js';
import type { Graph } from '../onnx/write-model.js';
import { loadRegistry } from './load-registry.js';
import type { LiveRegistry } from './registry.js';

const LOOK_EVERY_MS = 10;

let modelsDir = '';
let lines: { level: number; msg: string }[] = [];
let metrics: Metrics;
let registry: LiveRegistry;
let changes = 0;

const folder = (...path: (string | number)[]) => join(modelsDir, 'mixed', ...path.map(String));
/** Another file than that of `mixedGraph`, with the same signature. */
const otherGraph = (name: string): Graph => ({ ...mixedGraph, name });
const writeManifest = (changed: object = {}) =>
  writeFile(folder('model.json'), JSON.stringify({ ...mixedManifest, ...changed }));
const offered = () => registry.model('mixed').versions.map(({ version, stage }) => [version, stage]);
const production = () => registry.model('mixed').production.version;
const said = (text: string) => lines.filter(({ msg }) => msg.includes(text));
const problems = async (name = 'mixed') =>
  (await metrics.modelFolderProblems.get()).values.find(({ labels }) => labels.model === name)?.value;
/** Resolves after so many further looks, when all that could be seen has been dealt with. */
const looks = async () => {
  for (let n = 0; n < 3; n += 1) await registry.lookAgain('mixed');
};

async function start(reloadMs = LOOK_EVERY_MS): Promise<void> {
  const log = pino({}, { write: (line: string) => lines.push(JSON.parse(line) as (typeof lines)[number]) });
  metrics = createMetrics();
  registry = await loadRegistry({ modelsDir, reloadMs, metrics, log });
  registry.onChange(() => (changes += 1));
}

beforeEach(async () => {
  modelsDir = await mkdtemp(join(tmpdir(), 'vigie-live-'));
  lines = [];
  changes = 0;
  await mkdir(folder());
  await writeManifest();
  await writeVersion(folder(1), mixedGraph);
});
afterEach(async () => {
  await registry.stop();
  await rm(modelsDir, { recursive: true });
});

describe('a new version', () => {
  it('is taken while the process runs and serves when it is the highest; answers given before stay as they are', async () => {
    await start();
    const before = registry.model('mixed');
    const held = registry.version('mixed').version;
    await writeVersion(folder(2), otherGraph('second'));
    await eventually(() => production() === 2);
    expect(offered()).toEqual([
      [1, 'none'],
      [2, 'production'],
    ]);
    expect(registry.version('mixed', 1).version).toMatchObject({ version: 1, facts: held.facts });
    expect(before.versions.map(({ version }) => version)).toEqual([1]);
    expect(held).toMatchObject({ version: 1, stage: 'production' });
    expect(changes).toBe(1);
    expect(await problems()).toBe(0);
  });

  it('is only offered while model.json names another; production moves with model.json, there and back', async () => {
    await writeManifest({ production: 1 });
    await start();
    await writeVersion(folder(2), otherGraph('second'));
    await eventually(() => offered().length === 2);
    expect(production()).toBe(1);
    await writeManifest({ production: 2 });
    await eventually(() => production() === 2);
    await writeManifest({ production: 1 });
    await eventually(() => production() === 1);
    await writeManifest();
    await eventually(() => production() === 2);
  });

  it('is not taken while a file is missing, which is said once by its name; it is when the file has come', async () => {
    await start();
    await writeVersion(folder('staging'), otherGraph('second'));
    await rename(folder('staging', 'version.json'), folder('version.json'));
    await rename(folder('staging'), folder(2));
    await eventually(async () => (await problems()) === 1);
    await looks();
    expect(offered()).toHaveLength(1);
    expect(said(`a version is not taken: ${folder(2, 'version.json')}: the file is missing`)).toHaveLength(1);
    await rename(folder('version.json'), folder(2, 'version.json'));
    await eventually(() => production() === 2);
    expect(await problems()).toBe(0);
  });

  it.each([
    ['cut short', (files: string) => writeFile(join(files, 'model.onnx'), 'cut short'), 'has SHA-256'],
    ['empty', (files: string) => writeFile(join(files, 'model.onnx'), ''), 'has SHA-256'],
    [
      'of another shape',
      (files: string) =>
        writeVersion(files, { ...mixedGraph, outputs: [{ name: 'p', type: 'float32', shape: [1] }] }),
      'model.onnx: the manifest reads probabilities of 3 classes',
    ],
    ['without JSON', (files: string) => writeFile(join(files, 'version.json'), '{'), '2/version.json: '],
    [
      'with a folder for a file',
      (files: string) => rm(join(files, 'version.json')).then(() => mkdir(join(files, 'version.json'))),
      '2/version.json: the file cannot be read',
    ],
  ])('that is %s is refused with its file, and taken once it is mended', async (_, spoil, problem) => {
    await start();
    await writeVersion(folder('2.tmp'), mixedGraph);
    await spoil(folder('2.tmp'));
    await rename(folder('2.tmp'), folder(2));
    await eventually(async () => (await problems()) !== 0);
    await looks();
    expect(said(problem)).toHaveLength(1);
    expect(offered()).toEqual([[1, 'production']]);
    expect(changes).toBe(0);
    await rm(folder(2), { recursive: true });
    await eventually(async () => (await problems()) === 0);
    await writeVersion(folder('2.tmp'), otherGraph('mended'));
    await rename(folder('2.tmp'), folder(2));
    await eventually(() => production() === 2);
  });

  it('can be a good one beside a bad one, and model.json is followed past a bad one', async () => {
    await start();
    await mkdir(folder(3));
    await writeFile(folder(3, 'model.onnx'), 'nonsense');
    await writeVersion(folder(2), otherGraph('second'));
    await eventually(() => production() === 2);
    await writeManifest({ production: 1 });
    await eventually(() => production() === 1);
    expect(await problems()).not.toBe(0);
  });
});

describe('a start', () => {
  it('is not held up by a bad version, which is refused by name and taken once it is mended', async () => {
    await mkdir(folder(2));
    await writeFile(folder(2, 'model.onnx'), 'nonsense');
    await start();
    expect(offered()).toEqual([[1, 'production']]);
    expect(said(`a version is not taken: ${folder(2, 'version.json')}: the file is missing`)).toHaveLength(1);
    expect(await problems()).not.toBe(0);
    await looks();
    expect(said('a version is not taken')).toHaveLength(1);
    await writeVersion(folder(2), otherGraph('mended'));
    await eventually(() => production() === 2);
    expect(await problems()).toBe(0);
  });

  it('is refused when the version that model.json names is bad, or none is sound', async () => {
    await writeVersion(folder(2), mixedGraph);
    await writeFile(folder(2, 'model.onnx'), 'nonsense');
    await start();
    await registry.stop();
    await writeManifest({ production: 2 });
    await expect(start()).rejects.toThrow(folder(2, 'model.onnx'));
    await writeManifest();
    await rm(folder(1), { recursive: true });
    await expect(start()).rejects.toThrow(folder(2, 'model.onnx'));
  });
});

describe('a version that was taken', () => {
  it('never changes: other files are named as an error, and putting the old ones back ends it', async () => {
    await start();
    const { facts } = registry.version('mixed').version;
    await writeVersion(folder(1), otherGraph('overwritten'));
    await eventually(async () => (await problems()) === 1);
    expect(said('put them back and give these a number of their own')).not.toEqual([]);
    expect(registry.version('mixed').version.facts).toEqual(facts);
    expect(changes).toBe(0);
    await writeVersion(folder(1), mixedGraph);
    await eventually(async () => (await problems()) === 0);
  });

  it('is no longer offered when its folder goes, but found by the work that names it', async () => {
    await writeVersion(folder(2), otherGraph('second'));
    await start();
    await rm(folder(1), { recursive: true });
    await eventually(() => offered().length === 1);
    expect(offered()).toEqual([[2, 'production']]);
    expect(registry.version('mixed', 1).version.version).toBe(1);
    expect(await problems()).toBe(0);
  });

  it('goes on from memory when it is in production, loudly, until another is', async () => {
    await writeVersion(folder(2), otherGraph('second'));
    await start();
    await rm(folder(2), { recursive: true });
    await eventually(async () => (await problems()) === 1);
    expect(offered()).toEqual([
      [1, 'none'],
      [2, 'production'],
    ]);
    expect(said('the folder of the version in production is gone')).toMatchObject([{ level: 50 }]);
    await writeManifest({ production: 1 });
    await eventually(() => offered().length === 1);
    expect(offered()).toEqual([[1, 'production']]);
    expect(await problems()).toBe(0);
  });

  it('cannot be put into production when its folder is gone', async () => {
    await writeVersion(folder(2), otherGraph('second'));
    await start();
    await rm(folder(1), { recursive: true });
    await eventually(() => offered().length === 1);
    await writeManifest({ production: 1 });
    await eventually(() => said('production is version 1, which cannot be served').length > 0);
    expect(production()).toBe(2);
    await writeManifest();
    await eventually(async () => (await problems()) === 0);
  });

  it('may come back, but not with other files under the old number', async () => {
    await writeVersion(folder(2), otherGraph('second'));
    await start();
    await rm(folder(1), { recursive: true });
    await eventually(() => offered().length === 1);
    await writeVersion(folder(1), otherGraph('another'));
    await eventually(async () => (await problems()) === 1);
    expect(offered()).toHaveLength(1);
    await writeVersion(folder(1), mixedGraph);
    await eventually(() => offered().length === 2);
    expect(await problems()).toBe(0);
  });
});

describe('model.json', () => {
  it.each([
    ['is not JSON', () => writeFile(folder('model.json'), '{ "production": 2'), 'model.json: '],
    ['is gone', () => rm(folder('model.json')), 'model.json: the file is missing'],
    ['names a version that is not there', () => writeManifest({ production: 7 }), 'production is version 7'],
    ['has an unknown key', () => writeManifest({ colour: 'red' }), 'Unrecognized key: "colour"'],
  ])('that %s changes nothing and is named once', async (_, spoil, problem) => {
    await start();
    await spoil();
    await eventually(async () => (await problems()) === 1);
    await looks();
    expect(said(problem)).toHaveLength(1);
    expect(offered()).toEqual([[1, 'production']]);
    await writeManifest();
    await eventually(async () => (await problems()) === 0);
  });

  it('is followed in its production alone: what else changes is named and waits for the next start', async () => {
    await start();
    await writeVersion(folder(2), otherGraph('second'));
    await writeManifest({ production: 2, title: 'Other', classes: ['x', 'y'] });
    // The version may be seen before the manifest that names it.
    await eventually(() => production() === 2 && said('title, classes as of the next start').length > 0);
    expect(registry.model('mixed').manifest).toMatchObject({ title: mixedManifest.title });
    await looks();
    expect(said('title, classes as of the next start')).toHaveLength(1);
  });
});

describe('the models folder', () => {
  it('may get a new model, which is named once and served after the next start', async () => {
    await start();
    const other = join(modelsDir, 'other');
    await writeVersion(join(other, '1'), mixedGraph);
    await writeFile(join(other, 'model.json'), JSON.stringify({ ...mixedManifest, name: 'other' }));
    await eventually(() => said('a new model').length > 0);
    await looks();
    expect(said('a new model')).toHaveLength(1);
    expect(registry.models()).toHaveLength(1);
  });

  it('may go away and come back while what was taken serves', async () => {
    await start();
    await rename(modelsDir, `${modelsDir}-away`);
    await eventually(() => said('the models folder cannot be looked at').length > 0);
    expect(offered()).toEqual([[1, 'production']]);
    await rename(`${modelsDir}-away`, modelsDir);
    await writeVersion(folder(2), otherGraph('second'));
    await eventually(() => production() === 2);
    expect(said('the models folder cannot be looked at')).toHaveLength(1);
  });

  it('is followed past a model whose folder cannot be looked at, which is said once and counted', async () => {
    const aside = join(modelsDir, 'aside');
    await writeVersion(join(aside, '1'), mixedGraph);
    await writeFile(join(aside, 'model.json'), JSON.stringify({ ...mixedManifest, name: 'aside' }));
    await start();
    await rename(aside, `${aside}-away`);
    await writeFile(aside, 'no folder');
    await writeVersion(folder(2), otherGraph('second'));
    await eventually(() => production() === 2);
    await looks();
    expect(said('the folder of a model cannot be looked at')).toHaveLength(1);
    expect(await problems('aside')).toBe(1);
    expect(await problems()).toBe(0);
    await rm(aside);
    await rename(`${aside}-away`, aside);
    await eventually(async () => (await problems('aside')) === 0);
  });

  it('is looked at on demand, and the answer waits until what is being written there has come to rest', async () => {
    await start(60_000);
    await writeVersion(folder(2), otherGraph('second'));
    await registry.lookAgain('mixed');
    expect(production()).toBe(2);
  });

  it('is left alone when looking is switched off', async () => {
    await start(0);
    await writeVersion(folder(2), otherGraph('second'));
    await registry.lookAgain('mixed');
    expect(production()).toBe(1);
  });
});

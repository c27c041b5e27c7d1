// A worker loads what is newly in production, tries again what failed, and leaves alone what is no longer wanted.
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../../test/support/eventually.js';
import { openModelsFolder, type ModelsFolder } from '../../test/support/models-folder.js';
import { followVersions } from './follow-versions.js';

let folder: ModelsFolder;
let loads: number[];
let load: () => Promise<void>;
let stop: () => Promise<void>;

const works = () => Promise.resolve();
const fails = () => Promise.reject(new Error('does not fit into memory'));
const offers = (count: number) => eventually(() => folder.registry.model('mixed').versions.length === count);

beforeEach(async () => {
  folder = await openModelsFolder();
  loads = [];
  load = works;
  stop = works;
});
afterEach(async () => {
  await stop();
  await folder.close();
});

async function start(): Promise<void> {
  stop = await followVersions({
    registry: folder.registry,
    load: ({ production }) => {
      loads.push(production.version);
      return load();
    },
    log: pino({ level: 'silent' }),
    firstRetryMs: 1,
  });
}

describe('a version', () => {
  it('is loaded at the start and when it is put into production, once, and not when it is only there', async () => {
    await folder.setProduction(1);
    await folder.registry.lookAgain('mixed');
    await start();
    expect(loads).toEqual([1]);
    await folder.add(2);
    await offers(2);
    expect(loads).toEqual([1]);
    await folder.setProduction(2);
    await eventually(() => loads.length === 2);
    await folder.add(3);
    await offers(3);
    await folder.setProduction(1);
    await eventually(() => loads.length === 3);
    expect(loads).toEqual([1, 2, 1]);
  });

  it('that cannot be loaded is tried again until it can', async () => {
    await start();
    load = fails;
    await folder.add(2);
    await eventually(() => loads.length > 4);
    load = works;
    const tried = loads.length;
    await eventually(() => loads.length === tried + 1);
    expect(new Set(loads.slice(1))).toEqual(new Set([2]));
  });

  it('is left alone when its load failed after another was in production', async () => {
    await start();
    let fail = (): void => undefined;
    const hangs = new Promise<void>((_resolve, reject) => {
      fail = () => reject(new Error('too late'));
    });
    load = () => hangs;
    await folder.add(2);
    await eventually(() => loads.length === 2);
    load = works;
    await folder.setProduction(1);
    await eventually(() => loads.length === 3);
    fail();
    await folder.add(3);
    await offers(3);
    expect(loads).toEqual([1, 2, 1]);
  });

  it('whose load ended late does not take the place of the one in production by now', async () => {
    await start();
    let end = (): void => undefined;
    const hangs = new Promise<void>((resolve) => (end = resolve));
    load = () => hangs;
    await folder.add(2);
    await eventually(() => loads.length === 2);
    load = works;
    await folder.setProduction(1);
    await eventually(() => loads.length === 3);
    end();
    await eventually(() => loads.length === 4);
    expect(loads).toEqual([1, 2, 1, 1]);
  });

  it('is tried no more when another is in production, and when following is stopped', async () => {
    await start();
    load = fails;
    await folder.add(2);
    await eventually(() => loads.length > 2);
    await folder.setProduction(1);
    await eventually(() => loads.lastIndexOf(1) > 3 && loads.at(-2) === 1);
    expect(loads.lastIndexOf(2)).toBeLessThan(loads.indexOf(1, 1));
    await stop();
    const tried = loads.length;
    await folder.setProduction(2);
    await eventually(() => folder.registry.model('mixed').production.version === 2);
    expect(loads.length).toBe(tried);
  });
});

describe('a start', () => {
  it('is refused when a model cannot be loaded that has no other version', async () => {
    load = fails;
    await expect(start()).rejects.toThrow('does not fit into memory');
    load = works;
    await folder.add(2);
    await offers(2);
    expect(loads).toEqual([1]);
  });

  it('goes on without a version that cannot be loaded when the model has another, and tries again', async () => {
    await folder.add(2);
    await offers(2);
    load = fails;
    await start();
    expect(loads).toEqual([2]);
    load = works;
    await eventually(() => loads.length === 2);
  });
});

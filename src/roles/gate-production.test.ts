// The API answers with a new version when the workers have it, and never with one that none of them has.
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../../test/support/eventually.js';
import { openModelsFolder, type ModelsFolder } from '../../test/support/models-folder.js';
import { createMetrics } from '../metrics.js';
import { gateProduction } from './gate-production.js';

const MINUTE = 60_000;

let folder: ModelsFolder;
/** By worker id, the versions it has loaded. */
let workers: Map<string, number[]>;
let lines: { level: number; msg: string; lacking?: string[] }[];
let clock: { now: number };
let asked = 0;
const stops: (() => Promise<void>)[] = [];

beforeEach(async () => {
  folder = await openModelsFolder();
  workers = new Map([
    ['w1', [1]],
    ['w2', [1]],
  ]);
  lines = [];
  clock = { now: 0 };
});
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
  await folder.close();
});

function open() {
  const metrics = createMetrics();
  const gate = gateProduction({
    registry: folder.registry,
    workers: {
      hasLoaded: (_model, version) => {
        asked += 1;
        return [...workers.values()].some((loaded) => loaded.includes(version));
      },
      lacking: (_queue, _model, version) =>
        [...workers].flatMap(([id, loaded]) => (loaded.includes(version) ? [] : [id])),
    },
    metrics,
    log: pino({}, { write: (line: string) => lines.push(JSON.parse(line) as (typeof lines)[number]) }),
    now: () => clock.now,
    everyMs: 5,
  });
  stops.push(() => gate.stop());
  const { registry } = gate;
  return {
    registry,
    serving: () => registry.version('mixed').version.version,
    offered: () => registry.model('mixed').versions.map(({ version, stage }) => [version, stage]),
    shown: async () => (await metrics.productionVersion.get()).values[0]?.value,
  };
}
const warnings = () => lines.filter(({ level }) => level === 40);
/** Some further looks at the workers, while a version is waited for. */
const looks = async () => {
  const before = asked;
  await eventually(() => asked > before + 3, { everyMs: 1 });
};
const wanted = (version: number) =>
  eventually(() => folder.registry.model('mixed').production.version === version);

describe('a version that the folder puts into production', () => {
  it('serves when every worker has loaded it; before, the old one does and the new one is offered by name', async () => {
    const api = open();
    const held = api.registry.version('mixed');
    await folder.add(2);
    await wanted(2);
    workers.set('w1', [1, 2]);
    await looks();
    expect(api.serving()).toBe(1);
    expect(api.offered()).toEqual([
      [1, 'production'],
      [2, 'none'],
    ]);
    expect(api.registry.version('mixed', 2).version.version).toBe(2);
    workers.set('w2', [1, 2]);
    await eventually(() => api.serving() === 2);
    expect(api.offered()).toEqual([
      [1, 'none'],
      [2, 'production'],
    ]);
    expect(api.registry.version('mixed', 1).version.version).toBe(1);
    expect(held.version.version).toBe(1);
    expect(await api.shown()).toBe(2);
    expect(warnings()).toEqual([]);
  });

  it('serves after a minute when one worker has it, and the others are named', async () => {
    const api = open();
    await folder.add(2);
    await wanted(2);
    workers.set('w1', [1, 2]);
    clock.now = MINUTE - 1;
    await looks();
    expect(api.serving()).toBe(1);
    clock.now = MINUTE;
    await eventually(() => api.serving() === 2);
    expect(warnings()).toMatchObject([{ lacking: ['w2'] }]);
  });

  it('never serves while no worker has it, which is said once', async () => {
    const api = open();
    await folder.add(2);
    await wanted(2);
    clock.now = 2 * MINUTE;
    await eventually(() => warnings().length > 0);
    await looks();
    expect(api.serving()).toBe(1);
    expect(warnings()).toMatchObject([{ lacking: ['w1', 'w2'] }]);
  });

  it('is not waited for longer because another was before it', async () => {
    const api = open();
    await folder.add(2);
    await wanted(2);
    clock.now = MINUTE - 1;
    await looks();
    await folder.add(3);
    await wanted(3);
    workers.set('w1', [1, 3]);
    await looks();
    clock.now = MINUTE;
    await looks();
    expect(api.serving()).toBe(1);
    workers.set('w2', [3]);
    await eventually(() => api.serving() === 3);
  });

  it('is given up when the folder goes back, at once', async () => {
    const api = open();
    await folder.add(2);
    await wanted(2);
    await folder.setProduction(1);
    await wanted(1);
    workers = new Map([['w1', [1, 2]]]);
    expect(api.serving()).toBe(1);
    // As if it had never been asked for.
    clock.now = 2 * MINUTE;
    workers = new Map([['w1', [1]]]);
    await folder.setProduction(2);
    await wanted(2);
    workers.set('w2', [2]);
    await looks();
    expect(api.serving()).toBe(1);
  });
});

it('goes back by the same road, and drops a removed version when it no longer serves', async () => {
  const api = open();
  await folder.add(2);
  workers = new Map([['w1', [1, 2]]]);
  await eventually(() => api.serving() === 2);
  await folder.setProduction(1);
  await eventually(() => api.serving() === 1);

  // The other way the workers are not ready: what serves stays, though its folder goes.
  workers = new Map([['w1', [1]]]);
  await folder.setProduction(2);
  await wanted(2);
  await folder.remove(1);
  await eventually(() => folder.registry.model('mixed').versions.length === 1);
  expect(api.offered()).toEqual([
    [1, 'production'],
    [2, 'none'],
  ]);
  workers = new Map([['w1', [1, 2]]]);
  await eventually(() => api.serving() === 2);
  expect(api.offered()).toEqual([[2, 'production']]);
  expect(() => api.registry.version('mixed', 1)).toThrow(
    expect.objectContaining({ code: 'VERSION_NOT_FOUND' }),
  );
  // A job that names it is done all the same.
  expect(folder.registry.version('mixed', 1).version.version).toBe(1);
});

describe('a process that starts', () => {
  it('serves what the folder has in production, also when no worker is there yet', () => {
    workers = new Map();
    expect(open().serving()).toBe(1);
  });

  it('in the middle of a move serves what all workers have, and then moves with them', async () => {
    await folder.add(2);
    await wanted(2);
    workers.set('w1', [1, 2]);
    const api = open();
    expect(api.serving()).toBe(1);
    workers.set('w2', [1, 2]);
    await eventually(() => api.serving() === 2);
  });
});

// The monitors learn of versions from the folder as it is now, and wait for one that a worker has and they do not see yet.
import { pino } from 'pino';
import { afterEach, expect, it } from 'vitest';
import { openModelsFolder, type ModelsFolder } from '../../test/support/models-folder.js';
import { createWatchableModel } from './create-watchable-model.js';

let folder: ModelsFolder;
afterEach(() => folder.close());

async function open({ patienceMs = 60_000, reloadMs = 60_000 } = {}) {
  folder = await openModelsFolder({ reloadMs });
  const clock = { now: 0 };
  const warnings: string[] = [];
  const model = createWatchableModel({
    manifest: folder.registry.model('mixed').manifest,
    registry: folder.registry,
    log: pino({ level: 'warn' }, { write: (line: string) => warnings.push(line) }),
    now: () => clock.now,
    patienceMs,
  });
  return { model, clock, warnings };
}
const { signal } = new AbortController();

it('answers the version in production as the folder has it at the time of the question', async () => {
  const { model } = await open();
  await folder.add(2);
  expect(await model.production([2], signal)).toBe(2);
  await folder.setProduction(1);
  expect(await model.production([1], signal)).toBe(1);
});

it('gives the version that is asked for, and the one in production for one that is not known', async () => {
  const { model } = await open();
  await folder.add(2);
  await model.production([2], signal);
  expect(model.subject(1).version).toBe(1);
  expect(model.subject(7).version).toBe(2);
  expect(model.subject().version).toBe(2);
});

it('tells what a version scored in its evaluation', async () => {
  const { model } = await open();
  expect(model.subject(1).evaluation).toEqual(folder.registry.model('mixed').production.facts.metrics);
});

it('waits for a version that was met and is not there yet', async () => {
  const { model, warnings } = await open();
  const asked = model.production([2], signal);
  await folder.registry.lookAgain('mixed');
  await folder.add(2);
  expect(await asked).toBe(2);
  expect(warnings).toEqual([]);
});

it('waits for it once, only so long, and says what it passes over', async () => {
  const { model, clock, warnings } = await open();
  const asked = model.production([7], signal);
  await folder.registry.lookAgain('mixed');
  clock.now = 60_000;
  expect(await asked).toBe(1);
  expect(warnings).toHaveLength(1);
  expect(await model.production([7], signal)).toBe(1);
  expect(warnings).toHaveLength(1);
});

it('does not wait when it is stopped, nor where the folder is not followed', async () => {
  const { model, warnings } = await open();
  const stopping = new AbortController();
  const asked = model.production([7], stopping.signal);
  stopping.abort();
  expect(await asked).toBe(1);
  expect(warnings).toEqual([]);
  await folder.close();

  const still = await open({ reloadMs: 0, patienceMs: 0 });
  expect(await still.model.production([7], signal)).toBe(1);
});

it('leaves time for everything else while it waits, where looks answer at once', async () => {
  const { model, clock, warnings } = await open({ reloadMs: 0 });
  // Without a break in the waiting, no timer would ever come to this.
  const patience = setTimeout(() => (clock.now = 60_000), 1);
  expect(await model.production([7], signal)).toBe(1);
  clearTimeout(patience);
  expect(warnings).toHaveLength(1);
});

// A job that names a version this process has not seen yet is not refused for it.
import { afterEach, expect, it } from 'vitest';
import { openModelsFolder, type ModelsFolder } from '../../test/support/models-folder.js';
import { seeVersion } from './see-version.js';

let folder: ModelsFolder;
afterEach(() => folder.close());

it('looks for it before the job is handled, whether or not it is found', async () => {
  folder = await openModelsFolder({ reloadMs: 60_000 });
  const handled: (number | undefined)[] = [];
  const handle = seeVersion(folder.registry, ({ model, version }) => {
    const { versions } = folder.registry.model(model);
    handled.push(versions.find((known) => known.version === version)?.version);
    return Promise.resolve();
  });
  await handle({ model: 'mixed', version: 1 });
  await folder.add(2);
  await handle({ model: 'mixed', version: 2 });
  await handle({ model: 'mixed', version: 7 });
  expect(handled).toEqual([1, 2, undefined]);
});

it('hands on a job for a model that is not here', async () => {
  folder = await openModelsFolder();
  const handled: string[] = [];
  const handle = seeVersion(folder.registry, ({ model }) => Promise.resolve(void handled.push(model)));
  await handle({ model: 'gone', version: 1 });
  expect(handled).toEqual(['gone']);
});

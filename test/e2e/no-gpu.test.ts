// A worker that is asked for a GPU where there is none: it serves on the CPU, takes GPU work, and says so everywhere.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ask, predictIris } from '../support/api-client.js';
import { privateModelsFolder, type ModelsFolder } from '../support/private-models.js';
import { privateDataDir, startVigie, type VigieProcess } from '../support/vigie-process.js';

let models: ModelsFolder;
let data: Awaited<ReturnType<typeof privateDataDir>>;
let vigie: VigieProcess;

beforeAll(async () => {
  [models, data] = await Promise.all([privateModelsFolder(), privateDataDir()]);
  await models.change('iris-classifier', { device: 'gpu' });
  vigie = await startVigie({
    DATA_DIR: data.dir,
    MODELS_DIR: models.dir,
    EXECUTION_PROVIDERS: 'cuda,webgpu,cpu',
    // Where there is one after all, neither CUDA nor Vulkan must see it.
    CUDA_VISIBLE_DEVICES: '-1',
    VK_DRIVER_FILES: '/nowhere.json',
    VK_ICD_FILENAMES: '/nowhere.json',
  });
}, 120_000);
afterAll(async () => {
  await vigie.stop();
  await Promise.all([models.remove(), data.remove()]);
});

it('answers predictions of a model that is meant for a GPU', async () => {
  const { data: answer, errors } = await predictIris(vigie.url);
  expect(errors).toBeUndefined();
  expect(answer?.predict.label).toBe('setosa');
});

it('says in its entry, its metrics and its log what it runs on', async () => {
  const { workers } = await ask<{ workers: { providers: string[]; models: string[] }[] }>(
    vigie.url,
    '{ workers { providers models } }',
  );
  expect(workers).toEqual([{ providers: ['cpu'], models: ['iris-classifier@1'] }]);
  const metrics = await (await fetch(`${vigie.url}/metrics`)).text();
  expect(metrics).toContain('vigie_inference_providers{provider="cpu"} 1');
  for (const gpu of ['cuda', 'webgpu']) {
    expect(metrics).not.toContain(`vigie_inference_providers{provider="${gpu}"}`);
    expect(metrics).toContain(`vigie_inference_provider_fallbacks_total{provider="${gpu}"} 1`);
    const said = vigie.lines.filter(({ provider, level }) => provider === gpu && level === 'warn');
    expect(said).toHaveLength(1);
  }
});

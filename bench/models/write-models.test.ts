// The folder that every subject serves is one that the registry accepts.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { predictionBatchSchema } from '../../src/events/prediction-batch.js';
import { loadRegistry } from '../../src/registry/load-registry.js';
import { openModels } from '../subjects/onnx-models.js';
import { createReplayBatches } from '../subjects/replay-batches.js';
import { drawRows } from './bench-model.js';
import { writeModels, type BenchModels } from './write-models.js';

let folder: string;
let models: BenchModels;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vigie-bench-models-'));
  models = await writeModels(folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the models of the benchmark', () => {
  it('are models as the registry wants them, reference profile included', async () => {
    const registry = await loadRegistry({ modelsDir: folder, log: pino({ level: 'silent' }) });
    for (const { name, features } of Object.values(models)) {
      const { manifest, production } = registry.model(name);
      expect(manifest.features.map((feature) => feature.name)).toEqual(features.map((f) => f.name));
      expect(Object.keys(production.reference?.features ?? {})).toHaveLength(features.length);
    }
    expect(registry.model(models.mlp.name).production.sizeBytes).toBeGreaterThan(3.8 * 2 ** 20);
  });

  it('answer each row by itself, whatever comes with it, and not the same for all', async () => {
    for (const { manifest, run } of await openModels(folder)) {
      const width = manifest.features.length;
      const rows = drawRows(find(manifest.name), 20, 5).flatMap((row) => Object.values(row));
      const together = await run(Float32Array.from(rows), 20);
      const alone = await run(Float32Array.from(rows.slice(0, width)), 1);
      const classes = manifest.classes.length;
      alone.forEach((p, i) => expect(p).toBeCloseTo(together[i] ?? NaN, 4));
      expect(alone.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 4);
      expect(together[0]).not.toBeCloseTo(together[classes] ?? NaN, 4);
    }
  });

  it('make batches that a stream takes, in the order and at the pace they would have come', async () => {
    const iris = (await openModels(folder)).find(({ manifest }) => manifest.name === models.iris.name);
    if (iris === undefined) throw new Error('there is no iris');
    const endsAt = 1_700_000_000_000;
    const batchAt = await createReplayBatches(iris, 32, 1000, endsAt);
    const batches = [0, 999].map((i) => predictionBatchSchema.parse(batchAt(i)));
    expect(batches.map(({ at }) => endsAt - at)).toEqual([Math.round(999 * 1.6), 0]);
    expect(new Set(batches.flatMap(({ ids }) => ids)).size).toBe(64);
    expect(batches[1]?.ids[0]).toMatch(/^018bcfe5-67fb-7[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(batches[0]?.features['petal_width']).toHaveLength(32);
  });
});

function find(name: string) {
  const found = Object.values(models).find((model) => model.name === name);
  if (found === undefined) throw new Error(`there is no ${name}`);
  return found;
}

// Blocks a bad model: every committed model is run in ONNX Runtime, as it is served, on data it has not seen.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InferenceSession } from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { modelManifestSchema, type ModelManifest } from '../src/manifest/model-manifest.js';
import { probabilityOutputs } from '../src/monitors/statistics/probability-outputs.js';
import { referenceProfileSchema, type ReferenceProfile } from '../src/manifest/reference-profile.js';
import { versionFactsSchema, type VersionFacts } from '../src/manifest/version-facts.js';
import { readSignature } from '../src/onnx/read-signature.js';
import type { ClassifierVersion } from '../src/training/classifier-version.js';
import { evaluateLabels, type Evaluation } from '../src/training/evaluation.js';
import type { Instance } from '../src/training/instance.js';
import type { Traffic } from '../src/training/traffic.js';
import { buildModel as buildVentilation } from './air-quality-ventilation/build.js';
import { splitReadings } from './air-quality-ventilation/dataset.js';
import { createTraffic as createVentilationTraffic } from './air-quality-ventilation/traffic.js';
import { classify } from './classify.js';
import { buildModel as buildIris } from './iris-classifier/build.js';
import { splitIris } from './iris-classifier/dataset.js';
import { createTraffic as createIrisTraffic } from './iris-classifier/traffic.js';

interface Case {
  readonly name: string;
  readonly heldOut: readonly Instance[];
  readonly build: (manifest: ModelManifest) => ClassifierVersion;
  readonly createTraffic: (seed: number) => Traffic;
  readonly floor: { readonly accuracy: number; readonly f1: Readonly<Record<string, number>> };
}

const cases: readonly Case[] = [
  {
    name: 'iris-classifier',
    heldOut: splitIris().test,
    build: buildIris,
    createTraffic: createIrisTraffic,
    floor: { accuracy: 0.93, f1: { setosa: 0.95, versicolor: 0.85, virginica: 0.85 } },
  },
  {
    name: 'air-quality-ventilation',
    heldOut: splitReadings().test,
    build: buildVentilation,
    createTraffic: createVentilationTraffic,
    floor: { accuracy: 0.95, f1: { off: 0.95, on: 0.9 } },
  },
];

describe.each(cases)('$name', ({ name, heldOut, build, createTraffic, floor }) => {
  const folder = join(import.meta.dirname, name);
  let session: InferenceSession;
  let manifest: ModelManifest;
  let facts: VersionFacts;
  let reference: ReferenceProfile;
  let model: Uint8Array;

  beforeAll(async () => {
    const json = async (file: string): Promise<unknown> =>
      JSON.parse(await readFile(join(folder, file), 'utf8'));
    manifest = modelManifestSchema.parse(await json('model.json'));
    facts = versionFactsSchema.parse(await json('1/version.json'));
    reference = referenceProfileSchema.parse(await json('1/reference.json'));
    model = await readFile(join(folder, '1/model.onnx'));
    session = await InferenceSession.create(model);
  });
  afterAll(() => session.release());

  const answer = (instances: readonly Instance[]) => classify(session, manifest, instances);

  async function evaluate(instances: readonly Instance[]): Promise<Evaluation & { confidence: number }> {
    const rows = await answer(instances);
    const evaluation = evaluateLabels(
      manifest.classes,
      instances.map((instance) => instance.truth),
      rows.map((row) => manifest.classes[row.indexOf(Math.max(...row))] ?? 'none'),
    );
    return { ...evaluation, confidence: rows.reduce((sum, row) => sum + Math.max(...row), 0) / rows.length };
  }

  function expectProbabilities(rows: readonly (readonly number[])[]): void {
    for (const row of rows) {
      for (const p of row) expect(p >= 0 && p <= 1).toBe(true);
      expect(Math.abs(row.reduce((sum, p) => sum + p, 0) - 1)).toBeLessThan(1e-6);
    }
  }

  it('is rebuilt to the byte from its seed', async () => {
    const { files } = build(manifest);
    expect([...files.keys()].sort()).toEqual(['model.onnx', 'reference.json', 'version.json']);
    for (const [file, bytes] of files)
      expect((await readFile(join(folder, '1', file))).equals(bytes), file).toBe(true);
  });

  it('is the file that its facts describe', () => {
    expect(createHash('sha256').update(model).digest('hex')).toBe(facts.sha256);
  });

  it('takes and answers the tensors its manifest names', () => {
    const { inputs, outputs } = readSignature(model);
    expect(inputs.map(({ name: tensor, shape }) => ({ tensor, shape }))).toEqual(
      manifest.inputs.map(({ tensor, features }) => ({ tensor, shape: ['batch', features.length] })),
    );
    expect(outputs).toEqual([
      { name: manifest.outputs.probabilities, type: 'float32', shape: ['batch', manifest.classes.length] },
    ]);
  });

  it('reaches its floors on held-out data, as its facts and its card say', async () => {
    const evaluation = await evaluate(heldOut);
    expect(evaluation.accuracy).toBeGreaterThanOrEqual(floor.accuracy);
    for (const [label, f1] of Object.entries(floor.f1))
      expect(evaluation.classes[label]?.f1, label).toBeGreaterThanOrEqual(f1);
    expect(evaluation.confidence).toBeGreaterThan(0.85);
    expect(facts.metrics['rows']).toBe(heldOut.length);
    expect(facts.metrics['accuracy']).toBeCloseTo(evaluation.accuracy, 3);
    expect(facts.metrics['f1_macro']).toBeCloseTo(evaluation.f1Macro, 3);

    const card = await readFile(join(folder, 'README.md'), 'utf8');
    for (const label of manifest.classes) {
      const [precision, recall, f1] = ['precision', 'recall', 'f1'].map((metric) =>
        facts.metrics[`${metric}_${label}`]?.toFixed(3),
      );
      expect(card).toMatch(new RegExp(`\\| ${label} +\\| ${precision} +\\| ${recall} +\\| ${f1} +\\|`));
    }
    expect(card).toContain(`accuracy ${facts.metrics['accuracy']?.toFixed(3)}`);
  });

  it('knows only classes that occur, and all of them', () => {
    expect([...new Set(heldOut.map((instance) => instance.truth))].sort()).toEqual(
      [...manifest.classes].sort(),
    );
  });

  it('answers probabilities that sum to 1, also for one instance', async () => {
    expectProbabilities(await answer(heldOut));
    expectProbabilities(await answer(heldOut.slice(0, 1)));
  });

  it('gives the same answer twice, and in a batch what it gives alone', async () => {
    const sample = heldOut.slice(0, 40);
    const batch = await answer(sample);
    expect(await answer(sample)).toEqual(batch);
    for (const [i, instance] of sample.entries()) {
      const [alone] = await answer([instance]);
      for (const [j, p] of (alone ?? []).entries()) expect(p).toBeCloseTo(batch[i]?.[j] ?? NaN, 6);
    }
  });

  it('stays a probability at the ends of every range and far beyond, for missing numbers and unknown categories', async () => {
    const [usual] = heldOut;
    if (usual === undefined) throw new Error('there is no held-out data');
    const single = manifest.features.flatMap((feature): [string, string | number][] =>
      feature.type === 'category'
        ? [...(feature.categories ?? []), 'a category nobody has seen', '', '__proto__'].map((value) => [
            feature.name,
            value,
          ])
        : [feature.min ?? 0, feature.max ?? 0, 0, -1e9, 1e9, 1e300, -1e300, Infinity, -Infinity, NaN].map(
            (value) => [feature.name, value],
          ),
    );
    const extremes = single.map((entry): Instance => ({
      ...usual,
      features: { ...usual.features, ...Object.fromEntries([entry]) },
    }));
    const together = [-Infinity, -1e38, 0, 1e38, Infinity, NaN].map((value): Instance => ({
      ...usual,
      features: Object.fromEntries(
        manifest.features.map((f) => [f.name, f.type === 'category' ? 'unknown' : value]),
      ),
    }));
    expectProbabilities(await answer([...extremes, ...together]));
  });

  it('has a reference profile of every feature, its labels, confidence and probabilities', () => {
    expect(Object.keys(reference.features)).toEqual(manifest.features.map((feature) => feature.name));
    expect(Object.keys(reference.outputs)).toEqual([
      'label',
      'confidence',
      ...probabilityOutputs(manifest.classes).map(({ name }) => name),
    ]);
    const label = reference.outputs['label'];
    expect(label?.kind === 'category' ? Object.keys(label.counts) : []).toEqual(manifest.classes);
  });

  describe('its traffic', () => {
    const at = new Date('2026-03-02T14:00:00Z');
    const sample = (seed: number, n: number): Instance[] => {
      const next = createTraffic(seed);
      return Array.from({ length: n }, () => next(at));
    };

    it('is the same for the same seed', () => {
      expect(sample(1, 50)).toEqual(sample(1, 50));
      expect(sample(1, 50)).not.toEqual(sample(2, 50));
    });

    it('is valid by the manifest', () => {
      for (const { features, truth } of sample(3, 2000)) {
        expect(manifest.classes).toContain(truth);
        expect(Object.keys(features).sort()).toEqual(manifest.features.map((f) => f.name).sort());
        for (const { name: feature, type, min, max, categories } of manifest.features) {
          const value = features[feature];
          if (type === 'category') expect(categories).toContain(value);
          else {
            expect(value).toBeGreaterThanOrEqual(min ?? -Infinity);
            expect(value).toBeLessThanOrEqual(max ?? Infinity);
            if (type === 'integer') expect(Number.isInteger(value)).toBe(true);
          }
        }
      }
    });

    it('looks like the reference profile while nothing drifts', () => {
      const instances = sample(4, 4000);
      for (const [feature, profile] of Object.entries(reference.features)) {
        const values = instances.map((instance) => instance.features[feature]);
        if (profile.kind === 'category') {
          for (const [category, count] of Object.entries(profile.counts))
            expect(values.filter((v) => v === category).length / values.length, category).toBeCloseTo(
              count / profile.count,
              1.3,
            );
          continue;
        }
        // Share of live values in each reference bin against the share the reference has there.
        const { edges, counts } = profile.histogram;
        for (const [bin, count] of counts.entries()) {
          const [above, upTo] = [edges[bin - 1] ?? -Infinity, edges[bin] ?? Infinity];
          const live = values.filter((v) => Number(v) > above && Number(v) <= upTo).length / values.length;
          expect(Math.abs(live - count / profile.count), `${feature} bin ${bin}`).toBeLessThan(0.05);
        }
      }
    });

    it('is answered as well as the held-out data', async () => {
      const evaluation = await evaluate(sample(5, 4000));
      expect(Math.abs(evaluation.accuracy - (facts.metrics['accuracy'] ?? 0))).toBeLessThan(0.05);
      expect(evaluation.accuracy).toBeGreaterThanOrEqual(floor.accuracy);
      expect(evaluation.confidence).toBeGreaterThan(0.85);
    });
  });
});

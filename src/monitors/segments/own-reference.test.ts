// What is learnt of a segment has the form and the numbers of a reference that was made from the same rows.
import { expect, it } from 'vitest';
import {
  detectionBatch,
  detectorSubject,
  drawScenes,
  STAGES,
} from '../../../test/support/detector-batches.js';
import { predictionBatch, seededRandom } from '../../../test/support/monitor-batches.js';
import { modelManifestSchema } from '../../manifest/model-manifest.js';
import { referenceProfileSchema, type ColumnProfile } from '../../manifest/reference-profile.js';
import { createDetectionProfile } from '../../training/detection-profile.js';
import { createRandom } from '../../training/random.js';
import { createReferenceProfile } from '../../training/reference-profile.js';
import { createOwnReference } from './own-reference.js';

const manifest = modelManifestSchema.parse({
  ...{ name: 'valve', title: 'Valve', task: 'classification', classes: ['off', 'on'] },
  features: [
    { name: 'load', type: 'number' },
    { name: 'room', type: 'category', categories: ['office', 'kitchen'] },
    { name: 'open', type: 'boolean' },
    { name: 'note', type: 'text' },
  ],
  inputs: [{ tensor: 'input', features: ['load', 'room', 'open', 'note'] }],
  outputs: { probabilities: 'probabilities' },
});
const create = (rows = 200) => createOwnReference({ manifest, version: 1, reference: undefined }, rows);

function rows(n: number) {
  const random = seededRandom(3);
  const load = Array.from({ length: n }, () => Math.round(random() * 200) / 4);
  const room = load.map((x) => (x > 20 ? 'kitchen' : 'office'));
  const open = load.map((x) => x > 30);
  const answers = load.map((x) => ({ label: x > 10 ? 'on' : 'off', confidence: Math.round(x) / 64 }));
  return { ...predictionBatch(1000, answers), features: { load, room, open } };
}

it('is the profile that training would have made of the same rows', () => {
  const batch = rows(200);
  const learnt = create();
  expect(learnt.take(batch)).toBe(200);
  const instances = batch.features.load.map((load, i) => ({
    features: { load, room: batch.features.room[i] ?? '', open: String(batch.features.open[i]) },
    truth: '',
  }));
  const trained = createReferenceProfile(manifest.features, manifest.classes, instances, {
    labels: batch.outputs.label?.map(String) ?? [],
    confidences: batch.outputs.confidence?.map(Number) ?? [],
  });
  const profile = learnt.profile();
  expect(() => referenceProfileSchema.parse(profile)).not.toThrow();
  expect(rounded(profile)).toEqual(rounded(trained));
});

it('takes no more rows than it needs, no failed ones, and counts gaps', () => {
  const learnt = create(100);
  const batch = predictionBatch(1000, [{ failed: true }, ...Array.from({ length: 150 }, () => ({}))]);
  expect(learnt.take({ ...batch, features: { load: batch.ids.map(() => null) } })).toBe(101);
  expect(learnt.rows()).toBe(100);
  expect(learnt.profile().features).toMatchObject({
    load: { kind: 'numeric', count: 0, missing: 100 },
    room: { kind: 'category', count: 0, missing: 100 },
  });
});

it('bears any number of categories and any numbers in a bounded state without NaN', () => {
  const learnt = create(5000);
  for (let i = 0; i < 50; i += 1) {
    const batch = predictionBatch(
      1000,
      Array.from({ length: 100 }, () => ({})),
    );
    const room = batch.ids.map((_, row) => `room-${i * 100 + row}-${'x'.repeat(row * 9)}`);
    learnt.take({ ...batch, features: { load: batch.ids.map(() => 1e308), room } });
  }
  expect(JSON.stringify(learnt.snapshot()).length).toBeLessThan(200_000);
  expect(() => referenceProfileSchema.parse(learnt.profile())).not.toThrow();
});

it('goes on from a snapshot, and refuses one of other columns', () => {
  const [whole, restored] = [create(), create()];
  whole.take(rows(77));
  restored.restore(JSON.parse(JSON.stringify(whole.snapshot())));
  for (const learnt of [whole, restored]) learnt.take(rows(50));
  expect(restored.snapshot()).toEqual(whole.snapshot());
  expect(() => {
    create().restore({ rows: 1, columns: [] });
  }).toThrow('other columns');
});

function rounded(profile: object): unknown {
  return JSON.parse(JSON.stringify(profile), (_, value: unknown) =>
    typeof value === 'number' ? Math.round(value * 1e5) / 1e5 : value,
  );
}

it('is the profile that training would have made of the same pictures, as far as monitors ask for it', () => {
  const scenes = drawScenes(createRandom(2), 120);
  const learnt = createOwnReference(detectorSubject(), 120);
  expect(learnt.take(detectionBatch(1000, scenes))).toBe(120);
  const profile = learnt.profile();
  expect(() => referenceProfileSchema.parse(profile)).not.toThrow();
  const trained = createDetectionProfile(STAGES, scenes);
  // Training rounds, so that what lies on a decile may fall on the other side of it.
  const gist = (columns: Readonly<Record<string, ColumnProfile>> = {}) =>
    Object.entries(columns).map(([name, { count, missing, ...rest }]) => ({
      ...{ name, count, missing },
      rest: rest.kind === 'numeric' ? Math.round(rest.mean * 1e4) : rest.counts,
    }));
  expect(gist(profile.pictures)).toEqual(gist(trained.pictures));
  const learntOutputs = gist(profile.outputs);
  expect(learntOutputs.length).toBe(10);
  expect(gist(trained.outputs)).toEqual(expect.arrayContaining(learntOutputs));
});

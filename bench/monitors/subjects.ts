// What the monitors are measured on: a model as it is shipped, with its reference, and one of a thousand features.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { modelManifestSchema } from '../../src/manifest/model-manifest.js';
import { referenceProfileSchema } from '../../src/manifest/reference-profile.js';
import type { MonitorSubject } from '../../src/monitors/monitor.js';
import { createRandom } from '../../src/training/random.js';
import { createReferenceProfile } from '../../src/training/reference-profile.js';

const MODELS = join(import.meta.dirname, '..', '..', 'models');
const REFERENCE_ROWS = 2000;
const CLASSES = ['off', 'on'];

/** Version 1 of a model of this checkout. */
export async function shippedSubject(name: string): Promise<MonitorSubject> {
  const read = async (...path: string[]): Promise<unknown> =>
    JSON.parse(await readFile(join(MODELS, name, ...path), 'utf8'));
  const manifest = modelManifestSchema.parse(await read('model.json'));
  const reference = referenceProfileSchema.parse(await read('1', 'reference.json'));
  return { manifest, version: 1, reference };
}

/** A classifier of `width` normal features, its reference drawn from a fixed seed. */
export function wideSubject(width: number): MonitorSubject {
  const random = createRandom(11);
  const names = Array.from({ length: width }, (_, i) => `f${i}`);
  const manifest = modelManifestSchema.parse({
    name: 'wide',
    title: 'Wide',
    task: 'classification',
    features: names.map((name) => ({ name, type: 'number' })),
    classes: CLASSES,
    inputs: [{ tensor: 'features', features: names }],
    outputs: { probabilities: 'probabilities' },
  });
  const rows = Array.from({ length: REFERENCE_ROWS }, () => ({
    features: Object.fromEntries(names.map((name) => [name, random.normal()])),
    truth: random.chance(0.5) ? 'on' : 'off',
  }));
  const reference = createReferenceProfile(manifest.features, CLASSES, rows, {
    labels: rows.map(({ truth }) => truth),
    confidences: rows.map(() => 1 - random.uniform() / 2),
  });
  return { manifest, version: 1, reference };
}

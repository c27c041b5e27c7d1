// A model of a table with everything a version may ship: features of every type, a reference, a calibration, an evaluation.
import { modelManifestSchema } from '../../../src/manifest/model-manifest.js';
import type { ReferenceProfile } from '../../../src/manifest/reference-profile.js';
import type { MonitorSubject } from '../../../src/monitors/monitor.js';
import { createReferenceProfile, profileNumbers } from '../../../src/training/reference-profile.js';
import { CLASSES, type TableRow } from './table-rows.js';

/** The tasks whose features are the cells of a table. */
export type TableTask = 'classification' | 'regression';

/** A model that answered `rows` when it was made; they are its reference and its evaluation. */
export function tableSubject(task: TableTask, rows: readonly TableRow[]): MonitorSubject {
  const features = [
    { name: 'load', type: 'number', min: -6, max: 6 },
    { name: 'level', type: 'number' },
    { name: 'floor', type: 'integer', min: 0, max: 3 },
    { name: 'open', type: 'boolean' },
    { name: 'room', type: 'category', categories: ['office', 'kitchen'] },
    { name: 'note', type: 'text', required: false },
  ];
  const manifest = modelManifestSchema.parse({
    ...{ name: 'valve', title: 'Valve', task, features, classes: task === 'classification' ? CLASSES : [] },
    inputs: features.map(({ name }) => ({ tensor: name, features: [name] })),
    outputs: task === 'classification' ? { probabilities: 'probabilities' } : { value: 'value' },
  });
  return { manifest, version: 1, ...known(task, manifest.features, rows) };
}

function known(
  task: TableTask,
  features: Parameters<typeof createReferenceProfile>[0],
  rows: readonly TableRow[],
): Required<Pick<MonitorSubject, 'evaluation'>> & { readonly reference: ReferenceProfile } {
  const labels = rows.map(({ label }) => label);
  const truths = rows.map(({ truth }) => truth.label);
  const answers = { labels, confidences: rows.map(({ confidence }) => confidence) };
  const probabilities = rows.map(probabilitiesOf);
  const instances = rows.map(({ cells, truth }) => ({
    features: { ...cells, load: cells.load ?? Number.NaN, open: String(cells.open) },
    truth: truth.label,
  }));
  const reference = createReferenceProfile(
    ...([features, CLASSES, instances, { ...answers, probabilities }] as const),
    { labels, truths, probabilities },
  );
  if (task === 'classification') {
    const right = labels.filter((label, i) => label === truths[i]).length;
    return { reference, evaluation: { accuracy: right / rows.length, rows: rows.length } };
  }
  const errors = rows.map(({ value, truth }) => Math.abs(value - truth.value));
  const mean = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / rows.length;
  return {
    reference: {
      rows: rows.length,
      features: reference.features,
      outputs: { value: profileNumbers(rows.map(({ value }) => value)) },
    },
    evaluation: {
      ...{ mae: mean(errors), rmse: Math.sqrt(mean(errors.map((e) => e * e))), rows: rows.length },
    },
  };
}

/** In the order of the classes. */
export function probabilitiesOf({ label, confidence }: Pick<TableRow, 'label' | 'confidence'>): number[] {
  return CLASSES.map((name) => (name === label ? confidence : 1 - confidence));
}

// Batches of predictions and the models they come from, for tests of monitors.
import type { PredictionBatch } from '../../src/events/prediction-batch.js';
import { modelManifestSchema, type Task } from '../../src/manifest/model-manifest.js';
import type { ReferenceProfile } from '../../src/manifest/reference-profile.js';
import type { MonitorSubject } from '../../src/monitors/monitor.js';
import type { WatchableModel } from '../../src/monitors/watchable-model.js';

/** What one row of a batch answers; a row with `failed` has no outputs. */
export interface TestRow {
  readonly label?: string;
  readonly confidence?: number;
  readonly totalMs?: number;
  readonly queueMs?: number;
  readonly failed?: boolean;
  /** The regions `north`, `south` and `west` in turn, where it is not given. */
  readonly metadata?: Readonly<Record<string, unknown>>;
}

const REGIONS = ['north', 'south', 'west'];

const CLASSES = ['off', 'on'];

/** A batch as a worker would append it, executed at `at` (epoch ms). */
export function predictionBatch(
  at: number,
  rows: readonly TestRow[],
  { model = 'valve', version = 1 }: { model?: string; version?: number } = {},
): PredictionBatch {
  const confidences = rows.map((row) => (row.failed === true ? null : (row.confidence ?? 0.9)));
  const labels = rows.map((row) => (row.failed === true ? null : (row.label ?? 'off')));
  return {
    v: 1,
    batchId: `batch-${at}`,
    model,
    version,
    at,
    ids: rows.map((_, i) => `${at}-${i}`),
    receivedAt: rows.map((row) => at - (row.totalMs ?? 20)),
    requests: rows.map(({ metadata }, i) => ({ metadata: { region: REGIONS[i % 3], ...metadata } })),
    features: { load: rows.map((_, i) => i) },
    outputs: {
      label: labels,
      confidence: confidences,
      probabilities: {
        classes: CLASSES,
        values: rows.flatMap((_, i) => {
          const confidence = confidences[i] ?? null;
          if (confidence === null) return [0, 0];
          return labels[i] === 'on' ? [1 - confidence, confidence] : [confidence, 1 - confidence];
        }),
      },
    },
    errors: rows.map((row) => (row.failed === true ? { code: 'INFERENCE_FAILED', message: 'no' } : null)),
    timings: { queueMs: rows.map((row) => row.queueMs ?? 5), computeMs: 2 },
  };
}

/** A model whose version in production a test moves; every number is a version of it, with the reference of `subject`. */
export function watchableModel(
  subject: MonitorSubject,
  state = { production: subject.version },
): WatchableModel {
  return {
    manifest: subject.manifest,
    subject: (version = state.production) => ({ ...subject, version }),
    production: () => Promise.resolve(state.production),
  };
}

/** A two-class model; with `labels` its reference counted those answers. */
export function monitorSubject({
  model = 'valve',
  labels,
  monitors = {},
  task = 'classification',
  evaluation,
}: {
  model?: string;
  labels?: Readonly<Record<string, number>>;
  monitors?: Readonly<Record<string, false | Record<string, unknown>>>;
  task?: Task;
  evaluation?: Readonly<Record<string, number>>;
} = {}): MonitorSubject {
  const manifest = modelManifestSchema.parse({
    name: model,
    title: 'Valve',
    task,
    features: [{ name: 'load', type: 'number' }],
    classes: task === 'classification' ? CLASSES : [],
    inputs: [{ tensor: 'input', features: ['load'] }],
    outputs: { probabilities: 'probabilities', value: 'value' },
    monitors,
  });
  return {
    manifest,
    version: 1,
    reference: labels === undefined ? undefined : referenceOf(labels),
    evaluation,
  };
}

function referenceOf(labels: Readonly<Record<string, number>>): ReferenceProfile {
  const rows = Object.values(labels).reduce((total, count) => total + count, 0);
  return {
    rows,
    features: {},
    outputs: { label: { kind: 'category', count: rows, missing: 0, counts: { ...labels } } },
  };
}

/** Uniform numbers from 0 to 1, the same for the same seed (Lehmer, 48271 modulo 2^31 - 1). */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

/** Ordinary traffic: a batch of one to eight rows about every 40 ms, a few of them failed. */
export function traffic(batches: number, { from = 1_700_000_000_000, seed = 7 } = {}): PredictionBatch[] {
  const random = seededRandom(seed);
  let at = from;
  return Array.from({ length: batches }, () => {
    at += 1 + Math.floor(random() * 80);
    const rows = Array.from({ length: 1 + Math.floor(random() * 8) }, () => ({
      label: random() < 0.6 ? 'off' : 'on',
      confidence: 0.5 + random() / 2,
      totalMs: Math.floor(5 + random() * 40),
      queueMs: Math.floor(random() * 5),
      failed: random() < 0.02,
    }));
    return predictionBatch(at, rows);
  });
}

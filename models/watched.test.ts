// Every committed model under watch: hours of its own traffic, faster than they pass, raise nothing, and a change is found soon.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InferenceSession } from 'onnxruntime-node';
import { pino } from 'pino';
import { v7 } from 'uuid';
import { describe, expect, it } from 'vitest';
import { applyDrifts, parseDrifts } from '../src/cli/drift.js';
import { modelManifestSchema, type ModelManifest } from '../src/manifest/model-manifest.js';
import { referenceProfileSchema } from '../src/manifest/reference-profile.js';
import { versionFactsSchema } from '../src/manifest/version-facts.js';
import { createMetrics } from '../src/metrics.js';
import { builtInMonitors } from '../src/monitors/built-in.js';
import { changesIn } from '../src/monitors/finding-changes.js';
import type { MonitorEvent, MonitorSubject } from '../src/monitors/monitor.js';
import { planMonitors } from '../src/monitors/plan.js';
import { replayEvents } from '../src/monitors/replay-events.js';
import { createRandom } from '../src/training/random.js';
import type { Traffic } from '../src/training/traffic.js';
import { createTraffic as createVentilationTraffic } from './air-quality-ventilation/traffic.js';
import { createTraffic as createIrisTraffic } from './iris-classifier/traffic.js';
import { classify } from './classify.js';

const FROM = 1_700_000_000_000;
const EVERY_MS = 5000;
const ROWS = 10;
const BATCH_MS = 1000;
const LABELLED = 0.3;
const LABEL_AFTER_MS = 30_000;
// Hours of traffic are much work, and other tests run beside these.
const SLOW_MS = 180_000;

interface Case {
  readonly name: string;
  readonly createTraffic: (seed: number) => Traffic;
  readonly drift: string;
  /** What data-drift has to find, and no other feature. */
  readonly drifted: readonly string[];
}

const cases: readonly Case[] = [
  {
    name: 'iris-classifier',
    createTraffic: createIrisTraffic,
    drift: 'petal_length+1.5@1200',
    drifted: ['petal_length'],
  },
  {
    name: 'air-quality-ventilation',
    createTraffic: createVentilationTraffic,
    drift: 'temperature+8@1200',
    drifted: ['temperature'],
  },
];

describe.each(cases)('$name', ({ name, createTraffic, drift, drifted }) => {
  it(
    'raises nothing in two hours of steady traffic, a third of it labelled',
    async () => {
      expect(await watch(name, createTraffic(101), 7200, '')).toEqual([]);
    },
    SLOW_MS,
  );

  it(
    'has a change of one feature found within two windows, and names no other',
    async () => {
      const found = await watch(name, createTraffic(102), 2400, drift);
      const features = found.filter(({ monitor, key }) => monitor === 'data-drift' && key !== 'dataset');
      expect(features.map(({ key }) => key)).toEqual(drifted);
      expect(features[0]?.eventsAfter).toBeLessThanOrEqual(2000);
      for (const { eventsAfter } of found) expect(eventsAfter).toBeGreaterThan(0);
    },
    SLOW_MS,
  );
});

interface Found {
  readonly monitor: string;
  readonly key: string;
  readonly status: string;
  readonly summary: string;
  /** Predictions from the 1,200th second on until it was found. */
  readonly eventsAfter: number;
}

/** The first time that each monitor finds anything bad under each key. */
async function watch(name: string, traffic: Traffic, seconds: number, drift: string): Promise<Found[]> {
  const folder = join(import.meta.dirname, name);
  const json = async (file: string): Promise<unknown> =>
    JSON.parse(await readFile(join(folder, file), 'utf8'));
  const manifest = modelManifestSchema.parse(await json('model.json'));
  const subject: MonitorSubject = {
    manifest,
    version: 1,
    reference: referenceProfileSchema.parse(await json('1/reference.json')),
    evaluation: versionFactsSchema.parse(await json('1/version.json')).metrics,
  };
  const session = await InferenceSession.create(await readFile(join(folder, '1/model.onnx')));
  const rounds = replayEvents({
    subject,
    plan: planMonitors([manifest], builtInMonitors).get(name) ?? [],
    events: happenings(manifest, session, traffic, seconds, drift),
    everyMs: EVERY_MS,
    metrics: createMetrics(),
    log: pino({ level: 'silent' }),
  });
  const found = new Map<string, Found>();
  for await (const { at, monitor, finding } of changesIn(rounds)) {
    const { key, status, summary } = finding;
    if (status !== 'warning' && status !== 'critical') continue;
    const eventsAfter = (ROWS * (at - FROM - 1_200_000)) / BATCH_MS;
    const place = `${monitor} ${key}`;
    if (!found.has(place)) found.set(place, { monitor, key, status, summary, eventsAfter });
  }
  await session.release();
  return [...found.values()];
}

/** A batch a second as the model really answers it, and its labels half a minute later. */
async function* happenings(
  manifest: ModelManifest,
  session: InferenceSession,
  traffic: Traffic,
  seconds: number,
  drift: string,
): AsyncGenerator<MonitorEvent> {
  const drifts = parseDrifts(drift);
  const random = createRandom(7);
  const late: (MonitorEvent & { kind: 'feedback' })[] = [];
  for (let second = 0; second < seconds; second += 1) {
    const at = FROM + second * BATCH_MS;
    while ((late[0]?.batch.receivedAt ?? Infinity) <= at) {
      const labels = late.shift();
      if (labels !== undefined) yield labels;
    }
    const instances = Array.from({ length: ROWS }, () => {
      const { features, truth } = traffic(new Date(at));
      return { features: applyDrifts(features, drifts, second), truth };
    });
    const probabilities = await classify(session, manifest, instances);
    const best = probabilities.map((row) => row.indexOf(Math.max(...row)));
    const ids = instances.map(() => v7({ msecs: at - 10 }));
    const said = best.map((i) => manifest.classes[i] ?? '');
    yield {
      kind: 'prediction',
      batch: {
        v: 1,
        batchId: String(second),
        model: manifest.name,
        version: 1,
        at,
        ids,
        receivedAt: ids.map(() => at - 10),
        requests: ids.map(() => ({})),
        features: Object.fromEntries(
          manifest.features.map(({ name }) => [
            name,
            instances.map(({ features }) => features[name] ?? null),
          ]),
        ),
        outputs: {
          label: said,
          confidence: probabilities.map((row) => Math.max(...row)),
          probabilities: { classes: [...manifest.classes], values: probabilities.flat() },
        },
        errors: ids.map(() => null),
        timings: { queueMs: ids.map(() => 4), computeMs: 2 },
      },
    };
    const items = instances.flatMap(({ truth }, row) => {
      if (!random.chance(LABELLED)) return [];
      const known = {
        id: `f-${second}-${row}`,
        predictionId: ids[row] ?? '',
        version: 1,
        predictedAt: at - 10,
      };
      return [{ ...known, predicted: { label: said[row] ?? '' }, truth: { label: truth } }];
    });
    if (items.length > 0)
      late.push({
        kind: 'feedback',
        batch: { v: 1, model: manifest.name, receivedAt: at + LABEL_AFTER_MS, items },
      });
  }
}

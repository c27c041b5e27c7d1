// Versions come and go while a process runs: their lanes, and what they put on the metrics, come and go with them.
import { beforeAll, expect, it } from 'vitest';
import { loadRegistry } from '../registry/load-registry.js';
import type { RegisteredModel, Registry } from '../registry/registry.js';
import { createMetrics } from '../metrics.js';
import { silent } from '../../test/support/redis-room.js';
import { createLanes } from './lanes.js';
import { settle, type Row, type WaitingRow } from './row.js';
import { samplePrediction } from '../../test/support/store-samples.js';

const MODEL = 'iris-classifier';
let model: RegisteredModel;
beforeAll(async () => {
  model = (await loadRegistry({ modelsDir: 'models', log: silent })).model(MODEL);
});

function createBench() {
  let production = 1;
  let time = 1_000_000;
  const sent: (() => void)[] = [];
  const current = (): RegisteredModel => ({
    ...model,
    production: { ...model.production, version: production },
  });
  const registry: Registry = {
    models: () => [current()],
    model: current,
    version: (_name, version = production) => ({
      model: current(),
      version: { ...model.production, version },
    }),
  };
  const metrics = createMetrics();
  const notHere = () => Promise.reject(new Error('not in this test'));
  const send = (_target: unknown, rows: readonly WaitingRow[]) =>
    new Promise<{ computeMs: number }>((resolve) => {
      sent.push(() => {
        for (const row of rows) settle(row, samplePrediction({ id: row.id }));
        resolve({ computeMs: 1 });
      });
    });
  const lanes = createLanes({
    registry,
    dispatch: { send, post: notHere, stop: notHere },
    slots: () => 1,
    urgentJobs: () => 0,
    maxWaitingRows: 100,
    maxWaitMs: 500,
    maxPictureWaitMs: 60_000,
    threads: () => 1,
    record: notHere,
    recent: { remember: () => undefined },
    createId: () => '',
    now: () => time,
    metrics,
  });
  const run = (version?: number) => {
    const lane = lanes.of(MODEL, version);
    lane.metrics.answered('ok', 1);
    lane.metrics.took(1);
    lane.metrics.refused('wait', 1);
    return lane.run([rowOf(time)]);
  };
  return {
    lanes,
    run,
    answerAll: () => sent.splice(0).forEach((answer) => answer()),
    promote: (version: number) => (production = version),
    pass: (ms: number) => (time += ms),
    linesOf: async (version: number) =>
      (await metrics.registry.metrics()).split('\n').filter((line) => line.includes(`version="${version}"`))
        .length,
  };
}

const rowOf = (now: number): Row => ({
  id: 'r',
  features: {},
  request: {},
  receivedAt: now,
  deadlineAt: now + 60_000,
});

it('opens one lane per version and asks for the one in production unless one is named', () => {
  const { lanes, promote } = createBench();
  const first = lanes.of(MODEL);
  expect(lanes.of(MODEL, 1)).toBe(first);
  promote(2);
  expect(lanes.of(MODEL).target.version).toBe(2);
  expect(lanes.of(MODEL, 1)).toBe(first);
});

it('drops a version nobody asks for any more, with its metrics, and keeps the one in production', async () => {
  const { lanes, run, answerAll, promote, pass, linesOf } = createBench();
  const done = run();
  answerAll();
  await done;
  promote(2);
  const next = run();
  answerAll();
  await next;
  expect(await linesOf(1)).toBeGreaterThan(10);
  pass(119_000);
  lanes.of(MODEL, 2);
  expect(await linesOf(1)).toBeGreaterThan(10);
  pass(11_000);
  lanes.of(MODEL, 3);
  expect(await linesOf(1)).toBe(0);
  pass(600_000);
  lanes.of(MODEL, 3);
  expect(await linesOf(2)).toBeGreaterThan(10);
});

it('does not drop a version while rows of it are under way', async () => {
  const { lanes, run, answerAll, promote, pass, linesOf } = createBench();
  const done = run();
  promote(2);
  pass(300_000);
  lanes.of(MODEL);
  expect(await linesOf(1)).toBeGreaterThan(10);
  answerAll();
  await done;
  pass(11_000);
  lanes.of(MODEL);
  expect(await linesOf(1)).toBe(0);
});

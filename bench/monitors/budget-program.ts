// Measures what the monitors cost, alone in this process, and prints it as JSON. Arguments: checkout, predictions. Wants --expose-gc.
import { pino } from 'pino';
import type { MonitorEvent, MonitorSubject } from '../../src/monitors/monitor.js';
import { fromDist } from '../subjects/from-dist.js';
import { createEvents } from './draw-events.js';
import type { MonitorBudget, MonitorCost } from './monitor-budget.js';
import { shippedSubject, wideSubject } from './subjects.js';

type BuiltIn = typeof import('../../src/monitors/built-in.js');
type Plan = typeof import('../../src/monitors/plan.js');
type Host = typeof import('../../src/monitors/host.js');
type Metrics = typeof import('../../src/metrics.js');
type EventCodec = typeof import('../../src/monitors/monitor-event-codec.js');
type Codec = typeof import('../../src/events/prediction-codec.js');

const [checkout = '', count = ''] = process.argv.slice(2);
const PREDICTIONS = Number(count);
const BATCH = 64;
const FROM = 1_700_000_000_000;
/** One batch in ten has labels. */
const LABELLED_EVERY = 10;
const WARM_UP = Math.min(1_000_000, PREDICTIONS / 4);
/** Twenty thousand a second by their times, so every five seconds. */
const EVALUATE_EVERY = 100_000;
const EVALUATIONS = 200;
const WIDE_FEATURES = 1000;
const WIDE_BATCHES = 80;

const { builtInMonitors } = (await fromDist('monitors/built-in', checkout)) as BuiltIn;
const { planMonitors } = (await fromDist('monitors/plan', checkout)) as Plan;
const { createMonitorHost } = (await fromDist('monitors/host', checkout)) as Host;
const { createMetrics } = (await fromDist('metrics', checkout)) as Metrics;
const { monitorEventCodec } = (await fromDist('monitors/monitor-event-codec', checkout)) as EventCodec;
const { predictionBatchCodec } = (await fromDist('events/prediction-codec', checkout)) as Codec;

/** All monitors of a model by default, each with the time it took. */
function watch(subject: MonitorSubject) {
  const plan = planMonitors([subject.manifest], builtInMonitors).get(subject.manifest.name) ?? [];
  const metrics = createMetrics();
  const log = pino({ level: 'silent' });
  return plan.map((planned) => ({
    host: createMonitorHost({ planned, subject, metrics, log }),
    updateMs: 0,
    evaluateMs: [] as number[],
  }));
}
type Watched = ReturnType<typeof watch>;

function update(watched: Watched, event: MonitorEvent): number {
  const begun = performance.now();
  let last = begun;
  for (const one of watched) {
    one.host.update([event]);
    const now = performance.now();
    one.updateMs += now - last;
    last = now;
  }
  return last - begun;
}

function evaluate(watched: Watched, now: number): number {
  let total = 0;
  for (const one of watched) {
    const begun = performance.now();
    one.host.evaluate(now, 0);
    const took = performance.now() - begun;
    one.evaluateMs.push(took);
    total += took;
  }
  return total;
}

function costs(watched: Watched, predictions: number): MonitorCost[] {
  return watched.map(({ host, updateMs, evaluateMs }) => ({
    monitor: host.name,
    updateUs: (updateMs * 1000) / predictions,
    evaluateMs: median(evaluateMs),
    stateBytes: host.snapshot()?.length ?? 0,
  }));
}

const heldBytes = (): number => {
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
};

const subject = await shippedSubject('air-quality-ventilation');
const watched = watch(subject);
const events = createEvents(subject, BATCH, FROM);
const baseline = { decodeMs: 0, predictions: 0 };
const memory: number[] = [];
let [updateMs, predictions, labels, now] = [0, 0, 0, FROM];
while (predictions < PREDICTIONS) {
  const batch = events.nextBatch();
  now = batch.at;
  const index = predictions / BATCH;
  updateMs += update(watched, { kind: 'prediction', batch });
  if (index % LABELLED_EVERY === 0) {
    updateMs += update(watched, { kind: 'feedback', batch: events.labelsOf(batch) });
    labels += BATCH;
    // What reaching the monitors costs anyway.
    const packed = predictionBatchCodec.encode(batch);
    const begun = performance.now();
    monitorEventCodec.decode(packed);
    baseline.decodeMs += performance.now() - begun;
    baseline.predictions += BATCH;
  }
  predictions += BATCH;
  if (Math.floor(predictions / EVALUATE_EVERY) > Math.floor((predictions - BATCH) / EVALUATE_EVERY))
    evaluate(watched, now);
  if (predictions >= WARM_UP && (memory.length === 0 || predictions >= PREDICTIONS)) memory.push(heldBytes());
}
const evaluations = Array.from({ length: EVALUATIONS }, () => evaluate(watched, now));

const wide = watch(wideSubject(WIDE_FEATURES));
const wideEvents = createEvents(wideSubject(WIDE_FEATURES), BATCH, FROM);
const [wideUpdates, wideEvaluations]: [number[], number[]] = [[], []];
for (let i = 0; i < WIDE_BATCHES; i += 1) {
  const batch = wideEvents.nextBatch();
  wideUpdates.push(update(wide, { kind: 'prediction', batch }));
  wideEvaluations.push(evaluate(wide, batch.at));
}

const result: MonitorBudget = {
  predictions,
  labels,
  features: subject.manifest.features.length,
  perSecond: predictions / (updateMs / 1000),
  decodePerSecond: baseline.predictions / (baseline.decodeMs / 1000),
  evaluationMs: { median: median(evaluations), most: Math.max(...evaluations) },
  memoryBytes: { warm: memory[0] ?? NaN, end: memory.at(-1) ?? NaN },
  monitors: costs(watched, predictions),
  wide: {
    features: WIDE_FEATURES,
    evaluationMs: { median: median(wideEvaluations), most: Math.max(...wideEvaluations) },
    longestUpdateMs: Math.max(...wideUpdates),
    monitors: costs(wide, WIDE_BATCHES * BATCH),
  },
};
process.stdout.write(JSON.stringify(result));

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

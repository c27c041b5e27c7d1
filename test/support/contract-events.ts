// The events on which a monitor is held to its contract: those of a model, or of Vigie itself.
import type { PredictionBatch } from '../../src/events/prediction-batch.js';
import type { ResourceSample } from '../../src/events/resource-sample.js';
import { createRandom } from '../../src/training/random.js';
import type { MonitorDefinition, MonitorEvent, MonitorSubject } from '../../src/monitors/monitor.js';
import {
  ALL_WRONG,
  detectionBatch,
  detectorSubject,
  drawScenes,
  pictureTraffic,
  truthOf,
} from './detector-batches.js';
import { monitorSubject, predictionBatch, traffic } from './monitor-batches.js';
import { resourceSample, resourceTraffic, systemSubject } from './resource-samples.js';

/** Times lie at and behind the beginning of 1,700,000,000,000 (epoch ms). */
export interface ContractEvents {
  /** What a monitor may be created for: with a reference and without. */
  readonly subjects: readonly [MonitorSubject, ...MonitorSubject[]];
  /** As they come every day, within about twenty seconds. */
  readonly ordinary: (count: number) => readonly MonitorEvent[];
  /** As a careless process or a later version might append them. */
  readonly odd: readonly MonitorEvent[];
  /** Every one with labels of its own. */
  readonly crowd: () => Generator<MonitorEvent>;
}

const START = 1_700_000_000_000;

/** What the events are of: a classifier of numbers, a detector, or Vigie itself. */
export type EventSource = 'numbers' | 'pictures' | 'system';

/** Vigie itself for a monitor of it, pictures for one that watches nothing else, numbers for all others. */
export function usualSource({ tasks, featureTypes = [] }: MonitorDefinition): EventSource {
  if (tasks.includes('system')) return 'system';
  const isOfPictures = featureTypes.join() === 'image' || tasks.join() === 'detection';
  return isOfPictures ? 'pictures' : 'numbers';
}

/** Events of that source. */
export function contractEvents(source: EventSource): ContractEvents {
  if (source === 'pictures')
    return {
      subjects: [
        detectorSubject({
          reference: drawScenes(createRandom(3), 300),
          evaluation: { map50: 0.8, rows: 300 },
        }),
        detectorSubject(),
      ],
      ordinary: (count) => pictureTraffic(count, START).slice(0, count),
      odd: [...oddPictures(), ...oddBatches()].map(ofBatch),
      crowd: crowdOfPictures,
    };
  if (source === 'system')
    return {
      subjects: [systemSubject()],
      ordinary: (count) => resourceTraffic(count).map(ofSample),
      odd: oddSamples().map(ofSample),
      crowd: crowdOfSamples,
    };
  return {
    subjects: [monitorSubject({ labels: { off: 600, on: 400 } }), monitorSubject()],
    ordinary: (count) => traffic(count).map(ofBatch),
    odd: oddBatches().map(ofBatch),
    crowd: crowdOfBatches,
  };
}

function ofBatch(batch: PredictionBatch): MonitorEvent {
  return { kind: 'prediction', batch };
}

function ofSample(sample: ResourceSample): MonitorEvent {
  return { kind: 'resource', sample };
}

function* crowdOfBatches(): Generator<MonitorEvent> {
  for (let i = 0; i < 500; i += 1) {
    const rows = Array.from({ length: 100 }, (_, row) => ({
      label: `label-${i * 100 + row}`,
      confidence: Math.abs(Math.sin(i * 100 + row)),
      totalMs: row * Math.PI,
    }));
    yield ofBatch(predictionBatch(START + i * 997, rows));
  }
}

/** Classes nobody knows, and ever more boxes. */
function* crowdOfPictures(): Generator<MonitorEvent> {
  const random = createRandom(5);
  const scenes = drawScenes(random, 20, ALL_WRONG);
  for (let i = 0; i < 500; i += 1) {
    const strange = scenes.map((scene, row) => ({
      ...scene,
      detections: scene.detections.map((one, k) => ({ ...one, label: `label-${i}-${row}-${k}` })),
    }));
    const batch = detectionBatch(START + i * 997, strange);
    yield ofBatch(batch);
    yield { kind: 'feedback', batch: truthOf(batch, strange) };
  }
}

function oddPictures(): PredictionBatch[] {
  const batch = detectionBatch(START, drawScenes(createRandom(9), 3));
  const box = { x: Number.NaN, y: 1e300, width: 1e300, height: -1 };
  const [picture = null] = batch.pictures ?? [];
  return [
    batch,
    { ...batch, outputs: {} },
    { ...batch, outputs: { detections: [null, []] } },
    { ...batch, outputs: { detections: [[{ label: '__proto__', confidence: Number.NaN, box }]] } },
    { ...batch, outputs: { detections: [[{ label: 'constructor', confidence: -1e300, box }], null, []] } },
    { ...batch, pictures: [] },
    { ...batch, pictures: [null, null, null] },
    { ...batch, pictures: [picture && { ...picture, width: 0, height: 0, sharpness: 1e300 }] },
    { ...batch, pictures: [picture && { ...picture, brightness: Number.NaN, height: Infinity }] },
    { ...batch, errors: batch.ids.map(() => ({ code: 'IMAGE_REJECTED', message: 'no' })) },
    { ...batch, at: Number.NaN },
  ];
}

/** A hundred processes for a day, every machine with a name of its own and every sample a new process on it. */
function* crowdOfSamples(): Generator<MonitorEvent> {
  for (let i = 0; i < 20_000; i += 1) {
    const name = { host: `host-${i % 100}`, processId: `process-${i % 3 === 0 ? i : i % 100}` };
    const used = { residentBytes: Math.PI * 1e7 * (i % 97), waiting: i / 7, redisUsedBytes: Math.PI * i };
    const sample = resourceSample(START - 86_400_000 + i * 4320, { ...name, ...used });
    yield ofSample({ ...sample, queues: [{ name: `queue-${i % 50}`, waiting: i / 7 }] });
  }
}

function oddBatches(): PredictionBatch[] {
  const batch = predictionBatch(START, [{ label: 'on' }, { failed: true }, {}]);
  return [
    predictionBatch(START, [{ failed: true }, { failed: true }]),
    { ...batch, outputs: {} },
    { ...batch, outputs: { label: ['on', null, 'off'], confidence: [0.9] } },
    { ...batch, outputs: { probabilities: { classes: [], values: [] } } },
    { ...batch, outputs: { ...batch.outputs, probabilities: { classes: ['on'], values: [1] } } },
    { ...batch, outputs: { value: [1e300, -1e300, null] } },
    { ...batch, outputs: { label: ['__proto__', 'constructor', ''], confidence: [1e9, -1e9, Number.NaN] } },
    { ...batch, receivedAt: [], timings: { queueMs: [], computeMs: 0 }, errors: [], requests: [] },
    {
      ...batch,
      receivedAt: [Number.NaN, START + 1e9, -1],
      timings: { queueMs: [-5, 1e12, 0], computeMs: 1 },
    },
    { ...batch, features: { load: [null, 'text', true], other: [] } },
    { ...batch, ids: [] },
    { ...batch, at: Number.NaN },
  ];
}

function oddSamples(): ResourceSample[] {
  const sample = resourceSample(START, { waiting: 3, redisUsedBytes: 5 });
  return [
    sample,
    { ...sample, at: Number.NaN },
    { ...sample, at: 1e300 },
    { ...sample, at: START - 1e9 },
    { ...sample, process: { ...sample.process, cpuShare: Number.NaN, residentBytes: -1, heapLimitBytes: 0 } },
    { ...sample, machine: { memoryUsedBytes: 1e300, memoryLimitBytes: 0 } },
    { ...sample, disk: { freeBytes: 10, totalBytes: 0 } },
    { ...sample, disk: null, redis: { usedBytes: 1, limitBytes: Infinity } },
    { ...sample, host: '__proto__', processId: 'constructor', roles: [] },
    { ...sample, queues: [{ name: '', waiting: Number.NaN }] },
    { ...sample, processId: 'never seen', isLast: true },
  ];
}

// Ordinary traffic followed by traffic in which all goes wrong that a monitor may watch: it has to keep quiet, then to speak.
import type { MonitorEvent, MonitorSubject } from '../../src/monitors/monitor.js';
import { modelManifestSchema } from '../../src/manifest/model-manifest.js';
import { createRandom, type Random } from '../../src/training/random.js';
import { createReferenceProfile } from '../../src/training/reference-profile.js';
import { predictionBatch } from './monitor-batches.js';
import type { EventSource } from './contract-events.js';
import { ALL_WRONG, detectionBatch, detectorSubject, drawScenes, truthOf } from './detector-batches.js';
import { GIB, resourceSample, systemSubject } from './resource-samples.js';

/** Events up to a moment (epoch ms) in order, of which one is the first that is wrong. */
export interface PlantedShift {
  readonly subject: MonitorSubject;
  readonly ordinary: readonly MonitorEvent[];
  readonly wrong: readonly MonitorEvent[];
  readonly timeOf: (event: MonitorEvent) => number;
}

const START = 1_700_000_000_000;
const CLASSES = ['off', 'on'];
const SECONDS = 160;
const ROWS = 20;

/** Of models: 3,200 predictions of each kind, or half as many pictures, a batch a second; of Vigie itself: two hours of each. */
export function plantedShift(source: EventSource): PlantedShift {
  switch (source) {
    case 'numbers':
      return ofPredictions();
    case 'pictures':
      return ofPictures();
    case 'system':
      return ofResources();
  }
}

function ofPictures(): PlantedShift {
  const random = createRandom(43);
  const events = (first: number, kind: typeof ALL_WRONG) =>
    seconds(first).flatMap((at): MonitorEvent[] => {
      const scenes = drawScenes(random, ROWS / 2, kind);
      const batch = detectionBatch(at, scenes);
      return [
        { kind: 'prediction', batch },
        { kind: 'feedback', batch: truthOf(batch, scenes) },
      ];
    });
  return {
    subject: detectorSubject({
      reference: drawScenes(random, 1000),
      evaluation: { map50: 0.75, rows: 1000 },
    }),
    ordinary: events(0, {}),
    wrong: events(SECONDS, ALL_WRONG),
    timeOf,
  };
}

function timeOf(event: MonitorEvent): number {
  if (event.kind === 'feedback') return event.batch.receivedAt;
  return event.kind === 'prediction' ? event.batch.at : START;
}

function ofPredictions(): PlantedShift {
  const random = createRandom(41);
  return {
    subject: subjectOf(random),
    ordinary: seconds(0).flatMap((at) => second(at, random, false)),
    wrong: seconds(SECONDS).flatMap((at) => second(at, random, true)),
    timeOf,
  };
}

function seconds(first: number): number[] {
  return Array.from({ length: SECONDS }, (_, i) => START + (first + i) * 1000);
}

/** What one row says and what is true; wrong ones are others, unsure, late, often false or failed, and lack values. */
function drawRow(random: Random, isWrong: boolean) {
  const sure = isWrong ? random.uniform(0.5, 0.55) : random.uniform(0.7, 1);
  const label = random.chance(isWrong ? 0.95 : 0.4) ? 'on' : 'off';
  const isRight = random.chance(isWrong ? 0.3 : sure);
  return {
    label,
    confidence: sure,
    truth: isRight ? label : label === 'on' ? 'off' : 'on',
    totalMs: isWrong ? random.uniform(5000, 9000) : random.uniform(5, 40),
    failed: isWrong && random.chance(0.3),
    load: isWrong && random.chance(0.3) ? null : random.normal(isWrong ? 8 : 0),
    room: isWrong ? 'cellar' : random.choice(['office', 'kitchen']),
  };
}

function second(at: number, random: Random, isWrong: boolean): MonitorEvent[] {
  const rows = Array.from({ length: ROWS }, () => drawRow(random, isWrong));
  const batch = {
    ...predictionBatch(at, rows),
    features: { load: rows.map(({ load }) => load), room: rows.map(({ room }) => room) },
  };
  const items = rows.flatMap(({ label, truth, failed }, row) =>
    failed
      ? []
      : [
          {
            id: `f-${at}-${row}`,
            predictionId: batch.ids[row] ?? '',
            version: 1,
            predictedAt: at,
            predicted: { label },
            truth: { label: truth },
          },
        ],
  );
  return [
    { kind: 'prediction', batch },
    { kind: 'feedback', batch: { v: 1, model: 'valve', receivedAt: at, items } },
  ];
}

function subjectOf(random: Random): MonitorSubject {
  const manifest = modelManifestSchema.parse({
    name: 'valve',
    title: 'Valve',
    task: 'classification',
    features: [
      { name: 'load', type: 'number', min: -6, max: 6 },
      { name: 'room', type: 'category', categories: ['office', 'kitchen'] },
    ],
    classes: CLASSES,
    inputs: [
      { tensor: 'load', features: ['load'] },
      { tensor: 'room', features: ['room'] },
    ],
    outputs: { probabilities: 'probabilities' },
  });
  const rows = Array.from({ length: 3000 }, () => drawRow(random, false));
  const labels = rows.map(({ label }) => label);
  const reference = createReferenceProfile(
    manifest.features,
    CLASSES,
    rows.map(({ load, room, truth }) => ({ features: { load: load ?? 0, room }, truth })),
    { labels, confidences: rows.map(({ confidence }) => confidence) },
    {
      labels,
      truths: rows.map(({ truth }) => truth),
      probabilities: rows.map(({ label, confidence }) =>
        label === 'on' ? [1 - confidence, confidence] : [confidence, 1 - confidence],
      ),
    },
  );
  return { manifest, version: 1, reference, evaluation: { accuracy: 0.85, rows: 3000 } };
}

/** A worker that takes a tenth of what is free every twelve minutes, until nothing is. */
function ofResources(): PlantedShift {
  const samples = (first: number, taken: (i: number) => number) =>
    Array.from({ length: 1440 }, (_, i): MonitorEvent => {
      const used = 0.4 * GIB + taken(i);
      const at = START + (first + i) * 5000;
      return {
        kind: 'resource',
        sample: resourceSample(at, { residentBytes: used, memoryUsedBytes: used + 0.5 * GIB }),
      };
    });
  return {
    subject: systemSubject(),
    ordinary: samples(0, (i) => (i % 7) * 1e6),
    wrong: samples(1440, (i) => (i / 1440) * 1.1 * GIB),
    timeOf: (event) => (event.kind === 'resource' ? event.sample.at : START),
  };
}

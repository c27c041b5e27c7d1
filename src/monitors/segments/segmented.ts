// Repeats a monitor per segment: the whole is watched as before, and each of the most frequent segments by itself.
import { z } from 'zod';
import { segmentName, segmentSource, type SegmentSource } from '../../manifest/segment-by.js';
import type {
  Evaluation,
  FeedbackBatch,
  Monitor,
  MonitorDefinition,
  MonitorEvent,
  MonitorSubject,
  PredictionBatch,
} from '../monitor.js';
import { createOwnReference } from './own-reference.js';
import { pickRows } from './pick-rows.js';
import { createSegmentChoice } from './segment-choice.js';
import { joinEvaluations } from './segment-report.js';
import { segmentSettings, splitSettings, type SegmentedManifest } from './segment-settings.js';
import { createSegmentWatch, type SegmentWatch } from './segment-watch.js';

const stateSchema = z.strictObject({
  whole: z.unknown(),
  choice: z.unknown(),
  segments: z.array(z.strictObject({ name: z.string(), state: z.unknown() })),
});

/**
 * The definition with `segmentBy` and `segments` among its settings; without them its monitor is the one of `definition`. Each
 * segment's monitor is created with `comparisons` set to `top` and, if it compares with a reference, with one of its own.
 */
export function segmented(definition: MonitorDefinition, manifest: SegmentedManifest): MonitorDefinition {
  const { name, title, summary, tasks, inputs, metrics } = definition;
  return {
    ...{ name, title, summary, tasks },
    // Which segments are large is known from predictions, also for a monitor of feedback alone.
    inputs: [...new Set([...inputs, 'prediction' as const])],
    settings: segmentSettings(definition, manifest),
    metrics: metrics.map((metric) => ({
      ...metric,
      optionalLabels: [...(metric.optionalLabels ?? []), 'segment'],
    })),
    create: (settings, subject) => createSegmented(definition, settings, subject),
  };
}

function createSegmented(definition: MonitorDefinition, settings: unknown, subject: MonitorSubject): Monitor {
  const { segmentBy, segments: chosen, own } = splitSettings(settings);
  const whole = definition.create(own, subject);
  if (segmentBy === undefined) return onlyWanted(whole, definition);
  const source = segmentSource(segmentBy);
  const choice = createSegmentChoice(chosen);
  const createWatch = () =>
    createSegmentWatch(
      (reference) =>
        definition.create(own, { ...subject, reference, evaluation: undefined, comparisons: chosen.top }),
      definition.inputs,
      definition.comparesWithReference === true
        ? () => createOwnReference(subject, chosen.referenceRows)
        : undefined,
    );
  let watches = new Map<string, SegmentWatch>();
  const followChoice = () => {
    const watched = choice.watched();
    const isSettled = watched.length === watches.size && watched.every((name) => watches.has(name));
    if (!isSettled) watches = new Map(watched.map((name) => [name, watches.get(name) ?? createWatch()]));
  };

  const predict = (batch: PredictionBatch) => {
    const rows = rowsBySegment(batch, source);
    for (const name of rows.names) choice.add(name);
    followChoice();
    for (const [name, watch] of watches) {
      const own = rows.of.get(name);
      if (own !== undefined) watch.predict(pickRows(batch, own));
    }
  };
  const learn = (batch: FeedbackBatch) => {
    for (const [name, watch] of watches) {
      const items = batch.items.filter(({ segments }) => segments?.[segmentBy] === name);
      if (items.length > 0) watch.learn({ ...batch, items });
    }
  };

  return {
    update: (events) => {
      const wanted = events.filter(({ kind }) => definition.inputs.includes(kind));
      if (wanted.length > 0) whole.update(wanted);
      for (const event of events) {
        if (event.kind === 'prediction') predict(event.batch);
        if (event.kind === 'feedback') learn(event.batch);
      }
    },
    evaluate: (now): Evaluation =>
      joinEvaluations({
        segmentBy,
        whole: whole.evaluate(now),
        segments: [...watches].map(([name, watch]) => ({ name, evaluation: watch.evaluate(now) })),
        traffic: choice.traffic(),
      }),
    snapshot: () => ({
      whole: whole.snapshot(),
      choice: choice.snapshot(),
      segments: [...watches].map(([name, watch]) => ({ name, state: watch.snapshot() })),
    }),
    restore: (state) => {
      const held = stateSchema.parse(state);
      whole.restore(held.whole);
      choice.restore(held.choice);
      followChoice();
      for (const { name, state: own } of held.segments) watches.get(name)?.restore(own);
    },
  };
}

/** A monitor that gets no events but those it asked for. */
function onlyWanted(monitor: Monitor, { inputs }: MonitorDefinition): Monitor {
  const isWanted = ({ kind }: MonitorEvent) => inputs.includes(kind);
  return {
    update: (events) => {
      const wanted = events.filter(isWanted);
      if (wanted.length > 0) monitor.update(wanted);
    },
    evaluate: (now) => monitor.evaluate(now),
    snapshot: () => monitor.snapshot(),
    restore: (state) => {
      monitor.restore(state);
    },
  };
}

/** The segment of each row, and the places of the rows of each segment. */
function rowsBySegment(batch: PredictionBatch, { kind, name }: SegmentSource) {
  const cells = kind === 'feature' && Object.hasOwn(batch.features, name) ? batch.features[name] : undefined;
  const valueOf = (row: number): unknown => {
    if (kind === 'feature') return cells?.[row];
    const metadata = batch.requests[row]?.metadata ?? {};
    return Object.hasOwn(metadata, name) ? metadata[name] : undefined;
  };
  const names = batch.ids.map((_, row) => segmentName(valueOf(row)));
  const of = new Map<string, number[]>();
  names.forEach((segment, row) => {
    if (segment === undefined) return;
    const rows = of.get(segment);
    if (rows === undefined) of.set(segment, [row]);
    else rows.push(row);
  });
  return { names, of };
}

// Watches whether the pictures that come in are like those of the reference: light, colour, sharpness, size.
import { z } from 'zod';
import { decisionSettings, holdsMinRows, HOLDS_MIN_ROWS } from '../statistics/drift/decision-settings.js';
import { defineMonitor, type Evaluation, type MonitorSubject, type PredictionBatch } from '../monitor.js';
import { judgedFinding, unjudgedFinding, unreferencedFinding } from '../statistics/drift/drift-finding.js';
import { driftRule } from '../statistics/drift/drift-rule.js';
import {
  columnSeries,
  driftMetrics,
  fillingSeries,
  worstFirst,
  type JudgedColumn,
} from '../statistics/drift/drift-series.js';
import { driftThresholdsSchema } from '../statistics/drift/drift-thresholds.js';
import { createTumblingDrift, type DriftColumn } from '../statistics/drift/tumbling-drift.js';
import { windowRules } from '../statistics/drift/window-rules.js';
import { PICTURE_QUALITIES, qualityOf } from '../statistics/picture-qualities.js';
import { windowSchema } from '../window.js';

/** As those of data-drift, which say what they mean; rows are pictures. */
const settings = z
  .strictObject({
    window: windowSchema.default({ count: 200 }),
    maxSeconds: z.number().positive().max(86_400).default(600),
    minRows: z.int().min(5).default(30),
    /** In standard deviations of the reference. */
    minWasserstein: z.number().nonnegative().default(0.1),
    ...decisionSettings,
  })
  .refine(holdsMinRows, HOLDS_MIN_ROWS);

const SERIES = { prefix: 'image_drift', label: 'quality' };
/** The key of the finding where there is nothing to compare with. */
const ALL = 'pictures';

/** Measures `image_quality_mean` and `image_drift_*` by quality; a finding for each that the reference has. */
export const imageQualityMonitor = defineMonitor({
  name: 'image-quality',
  title: 'Image quality',
  summary: 'Whether pictures are as light, colourful, sharp and large as those of the reference',
  tasks: ['detection', 'classification'],
  featureTypes: ['image'],
  inputs: ['prediction'],
  comparesWithReference: true,
  settings,
  metrics: [
    {
      name: 'image_quality_mean',
      unit: null,
      help: 'Mean over pictures of the last window',
      labels: ['quality'],
    },
    ...driftMetrics(SERIES),
  ],
  create(chosen, { reference, comparisons }) {
    const rules = windowRules(chosen, comparisons);
    const watch = createTumblingDrift(watchedQualities(chosen.minWasserstein, reference), rules);
    return {
      update: (events) => {
        for (const event of events) {
          if (event.kind !== 'prediction') continue;
          const pictures = readPictures(event.batch);
          const cells = PICTURE_QUALITIES.filter((name) =>
            watch.columns.some((one) => one.name === name),
          ).map((name) => pictures.map((picture) => qualityOf(picture, name)));
          watch.add(
            event.batch.at,
            pictures.map((_, i) => i),
            cells,
          );
        }
      },
      evaluate: (now): Evaluation => {
        const filling = watch.filling();
        const judged = watch.judged(now);
        const progress = filling.n > 0 || judged !== undefined ? fillingSeries(watch, SERIES) : [];
        if (watch.columns.length === 0)
          return {
            measurements: progress,
            findings: [unreferencedFinding(ALL, (judged?.span ?? filling).n)],
            window: judged?.span ?? filling,
          };
        if (judged === undefined)
          return {
            measurements: progress,
            findings: watch.columns.map(({ name }) => unjudgedFinding(name, filling, rules.rows)),
            window: filling,
          };
        const columns = worstFirst(watch, judged);
        return {
          measurements: [...progress, ...columns.flatMap(meanOf), ...columnSeries(columns, SERIES)],
          findings: columns.map(({ column, verdict }) => judgedFinding(column.name, column, verdict)),
          window: judged.span,
        };
      },
      snapshot: watch.snapshot,
      restore: watch.restore,
    };
  },
});

/** In the order of `PICTURE_QUALITIES`, those that the reference has values of, by the default rule of drift. */
function watchedQualities(minWasserstein: number, reference: MonitorSubject['reference']): DriftColumn[] {
  const profiles = reference?.pictures ?? {};
  const least = { minWasserstein, minJensenShannon: 0, thresholds: driftThresholdsSchema.parse({}) };
  return PICTURE_QUALITIES.flatMap((name) => {
    const profile = profiles[name];
    if (profile === undefined || profile.count === 0) return [];
    const rule = driftRule('auto', profile, least);
    return rule === undefined ? [] : [{ name, reference: profile, rule }];
  });
}

/** Those that could be read, of predictions that failed for other reasons too: the picture is what is watched. */
function readPictures({ pictures = [], ids }: PredictionBatch) {
  return ids.flatMap((_, row) => pictures[row] ?? []);
}

function meanOf({ column, verdict: { summary } }: JudgedColumn) {
  if (summary.mean === undefined) return [];
  const labels = { quality: column.name };
  return [{ name: 'image_quality_mean', labels, unit: null, value: summary.mean, n: summary.n }];
}

// Watches what comes in: missing, impossible and unknown values, numbers that stand still, rows that repeat.
import { z } from 'zod';
import { defineMonitor, type Evaluation } from '../monitor.js';
import { createTumblingWindow } from '../tumbling-window.js';
import { MAX_WINDOW_ROWS, windowSchema } from '../window.js';
import { judgeQuality, measureQuality } from './quality-report.js';
import { qualityTallies } from './quality-tally.js';
import { watchedFeatures } from './watched-feature.js';

const share = z.number().min(0).max(1);

const settings = z.strictObject({
  /** Rows of a window, or the seconds after which it is over. */
  window: windowSchema.default({ count: 1000 }),
  /** A window of rows is over after this long too, if it has `minRows`. */
  maxSeconds: z.number().positive().max(86_400).default(300),
  minRows: z.int().min(1).max(MAX_WINDOW_ROWS).default(30),
  /** How far each share may lie above that of the reference, in shares of 1: 0.05 is five points. */
  maxMissingIncrease: share.default(0.05),
  maxOutOfRangeIncrease: share.default(0.01),
  maxUnseenCategoryIncrease: share.default(0.01),
  /** Serving refuses wrong types, so any at all is a fault. */
  maxWrongTypeRatio: share.default(0),
  maxDuplicateRatio: share.default(0.9),
  /** Further above the threshold than this is critical. */
  criticalMargin: share.default(0.2),
  /** A number must be the same in this many rows to be called constant, */
  minConstantRows: z.int().min(2).max(MAX_WINDOW_ROWS).default(100),
  /** and that must be this improbable by the reference. */
  maxPValue: z.number().positive().max(1).default(0.001),
});

const ratio = (name: string, help: string, labels = ['feature']) => ({ name, unit: 'ratio', help, labels });

/** Measures shares of rows by feature; findings `<feature>:<kind>` and `duplicates`. */
export const dataQualityMonitor = defineMonitor({
  name: 'data-quality',
  title: 'Data quality',
  summary: 'Missing, impossible and unknown values, numbers that stand still, rows that repeat',
  tasks: ['classification', 'regression', 'detection'],
  // Of a picture the stream has the name of its upload, which tells nothing.
  featureTypes: ['number', 'integer', 'category', 'boolean', 'text'],
  inputs: ['prediction'],
  comparesWithReference: true,
  settings,
  metrics: [
    ratio('missing_ratio', 'Share of rows that lack this feature'),
    ratio('out_of_range_ratio', 'Share of values of this feature beyond the range of the manifest'),
    ratio('unseen_category_ratio', 'Share of values of this feature that are no category of the manifest'),
    ratio('wrong_type_ratio', 'Share of rows with a value of another type; absent while there is none'),
    ratio('duplicate_ratio', 'Share of rows that came before in the same window', []),
  ],
  create(chosen, subject) {
    const features = watchedFeatures(subject);
    const bounds = { ...chosen, comparisons: subject.comparisons };
    const maxRows = 'count' in chosen.window ? chosen.window.count : MAX_WINDOW_ROWS;
    const windows = createTumblingWindow(
      { width: chosen.window, maxSeconds: chosen.maxSeconds, minRows: chosen.minRows },
      qualityTallies(features, maxRows),
    );
    const names = features.map(({ name, type }) => `${name}:${type}`);
    return {
      update: (events) => {
        for (const event of events) if (event.kind === 'prediction') windows.add(event.batch);
      },
      evaluate: (now): Evaluation => {
        const { tally, window, isOver } = windows.current(now);
        const counted = { features, tally, n: window.n, isOver };
        return { measurements: measureQuality(counted), findings: judgeQuality(counted, bounds), window };
      },
      // The counts mean nothing without the features they count.
      snapshot: () => ({ features: names, windows: windows.snapshot() }),
      restore: (state) => {
        const held = z.strictObject({ features: z.array(z.string()), windows: z.unknown() }).parse(state);
        if (JSON.stringify(held.features) !== JSON.stringify(names))
          throw new Error('the state counts other features');
        windows.restore(held.windows);
      },
    };
  },
});

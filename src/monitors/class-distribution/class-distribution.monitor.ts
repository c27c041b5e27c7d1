// Watches which classes a classifier answers, and whether the shares are still those of the reference.
import { z } from 'zod';
import { defineMonitor, type Evaluation, type MonitorSubject } from '../monitor.js';
import { createSlidingWindow, windowSchema } from '../window.js';
import { compareShares } from './compare-shares.js';

/** Everything beyond a model's first classes counts as one, so that the number of series stays bounded. */
const MAX_CLASSES = 100;
const OTHER = '(other)';

const settings = z.strictObject({
  window: windowSchema.default({ count: 1000 }),
  /**
   * A difference must be this improbable by chance. Strict, because the test is repeated every few seconds while a
   * window fills: simulated, at 0.05 one stable three-class model in six is reported at some time, at 0.001 one in 190.
   */
  maxPValue: z.number().positive().max(1).default(0.001),
  /** And it must matter: Jensen-Shannon distance, base 2, 0 to 1. */
  warnAtDistance: z.number().positive().max(1).default(0.1),
  criticalAtDistance: z.number().positive().max(1).default(0.25),
  minRows: z.int().min(1).default(30),
});

/** Measures `class_share` by class; finding `distribution` against the reference of the version. */
export const classDistributionMonitor = defineMonitor({
  name: 'class-distribution',
  title: 'Class distribution',
  summary: 'Which classes the model answers, beside the reference',
  tasks: ['classification'],
  inputs: ['prediction'],
  comparesWithReference: true,
  settings,
  metrics: [
    {
      name: 'class_share',
      unit: 'ratio',
      help: 'Share of predictions that answered this class',
      labels: ['class'],
    },
  ],
  create(chosen, subject) {
    const classes = [...classesOf(subject), OTHER];
    const codes = new Map(classes.map((name, code) => [name, code]));
    const reference = referenceCounts(subject, codes);
    const window = createSlidingWindow(chosen.window, 1);
    const bounds = { ...chosen, maxPValue: chosen.maxPValue / (subject.comparisons ?? 1) };
    return {
      update: (events) => {
        for (const event of events) {
          if (event.kind !== 'prediction') continue;
          const { at, ids, errors, outputs } = event.batch;
          ids.forEach((_, row) => {
            const label = outputs.label?.[row] ?? null;
            if ((errors[row] ?? null) === null && label !== null)
              window.push(at, codes.get(label) ?? classes.length - 1);
          });
        }
      },
      evaluate: (now): Evaluation => {
        const { columns, window: span } = window.rows(now);
        const counts = classes.map(() => 0);
        for (const code of columns[0] ?? []) counts[code] = (counts[code] ?? 0) + 1;
        return {
          measurements: classes.flatMap((name, code) => {
            const count = counts[code] ?? 0;
            if (span.n === 0 || (name === OTHER && count === 0)) return [];
            return [
              {
                name: 'class_share',
                labels: { class: name },
                unit: 'ratio',
                value: count / span.n,
                n: span.n,
              },
            ];
          }),
          findings: [compareShares({ classes, counts, reference, n: span.n, ...bounds })],
          window: span,
        };
      },
      // The rows hold numbers of classes, which mean nothing without the list they count in.
      snapshot: () => ({ classes, rows: window.snapshot() }),
      restore: (state) => {
        const held = z.strictObject({ classes: z.array(z.string()), rows: z.unknown() }).parse(state);
        if (JSON.stringify(held.classes) !== JSON.stringify(classes))
          throw new Error('the state counts other classes');
        window.restore(held.rows);
      },
    };
  },
});

function classesOf({ manifest, reference }: MonitorSubject): string[] {
  const named = manifest.classes.length > 0 ? manifest.classes : Object.keys(labelCounts(reference));
  return named.slice(0, MAX_CLASSES);
}

function referenceCounts(
  { reference }: MonitorSubject,
  codes: ReadonlyMap<string, number>,
): readonly number[] | undefined {
  const counted = Object.entries(labelCounts(reference));
  if (counted.length === 0) return undefined;
  const counts = Array.from({ length: codes.size }, () => 0);
  for (const [label, count] of counted) {
    const code = codes.get(label) ?? codes.size - 1;
    counts[code] = (counts[code] ?? 0) + count;
  }
  return counts;
}

function labelCounts(reference: MonitorSubject['reference']): Readonly<Record<string, number>> {
  const profile = reference?.outputs['label'];
  return profile?.kind === 'category' ? profile.counts : {};
}

// Events as a careless process or a later version might append them.
import type { FeedbackBatch, MonitorEvent, PredictionBatch } from '../../../src/monitors/monitor.js';

/** What may be odd about batches of one kind of model, and about their labels. */
export interface Oddities {
  readonly batches: (batch: PredictionBatch) => PredictionBatch[];
  readonly labels: (batch: FeedbackBatch) => FeedbackBatch[];
}

/** Each a change of the three rows or pictures in `made`, or of what was said about them, `labelled`. */
export function oddEvents(
  {
    made,
    labelled,
  }: {
    readonly made: Extract<MonitorEvent, { kind: 'prediction' }>;
    readonly labelled: Extract<MonitorEvent, { kind: 'feedback' }> | undefined;
  },
  { batches, labels }: Oddities,
): MonitorEvent[] {
  return [
    ...batches(made.batch).map((batch) => ({ kind: 'prediction', batch }) as const),
    ...(labelled === undefined ? [] : labels(labelled.batch)).map(
      (batch) => ({ kind: 'feedback', batch }) as const,
    ),
  ];
}

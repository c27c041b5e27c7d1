// Labels of predictions as they come in, for tests of monitors.
import type { FeedbackBatch } from '../../src/events/feedback-batch.js';
import type { Monitor, MonitorEvent } from '../../src/monitors/monitor.js';

/** What was answered, and what is true. */
export type Known = Pick<FeedbackBatch['items'][number], 'predicted' | 'truth'>;

/** Tells a monitor the labels of predictions made one a millisecond from `from` (epoch ms) on. */
export function tellLabels(monitor: Pick<Monitor, 'update'>, known: readonly Known[], from: number): void {
  const items = known.map((one, i) => {
    const id = `${from + i}`;
    return { id: `f${id}`, predictionId: `p${id}`, version: 1, predictedAt: from + i, ...one };
  });
  const event: MonitorEvent = { kind: 'feedback', batch: { v: 1, model: 'valve', receivedAt: from, items } };
  monitor.update([event]);
}

/** So many of each pair, written `<truth>><answer>`. */
export function answersOf(counts: Readonly<Record<string, number>>): Known[] {
  return Object.entries(counts).flatMap(([pair, n]) => {
    const [truth = '', predicted = ''] = pair.split('>');
    return Array.from({ length: n }, () => ({ truth: { label: truth }, predicted: { label: predicted } }));
  });
}

/** Pairs of the true and the predicted value. */
export function valuesOf(pairs: readonly (readonly [number, number])[]): Known[] {
  return pairs.map(([truth, predicted]) => ({ truth: { value: truth }, predicted: { value: predicted } }));
}

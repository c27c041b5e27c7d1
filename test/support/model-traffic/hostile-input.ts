// Hostile input from changes by the kind of event, and the clocks that are hostile whatever is watched.
import type {
  FeedbackBatch,
  MonitorEvent,
  PredictionBatch,
  ResourceSample,
} from '../../../src/monitors/monitor.js';
import type { HostileInput } from './model-traffic.js';
import { START_MS } from './timing.js';

/** What is not changed stays as it was. */
export function hostileInput(
  name: string,
  change: {
    readonly prediction?: (batch: PredictionBatch, i: number) => PredictionBatch;
    readonly feedback?: (batch: FeedbackBatch, i: number) => FeedbackBatch;
    readonly resource?: (sample: ResourceSample, i: number) => ResourceSample;
  },
): HostileInput {
  return {
    name,
    spoil: (event, i): MonitorEvent => {
      switch (event.kind) {
        case 'prediction':
          return { ...event, batch: change.prediction?.(event.batch, i) ?? event.batch };
        case 'feedback':
          return { ...event, batch: change.feedback?.(event.batch, i) ?? event.batch };
        case 'resource':
          return { ...event, sample: change.resource?.(event.sample, i) ?? event.sample };
      }
    },
  };
}

const HOUR_MS = 3_600_000;

/** Clocks of workers and clients; the one of the monitors themselves goes on. */
export function hostileClocks(): HostileInput[] {
  const clock = (name: string, move: (at: number, i: number) => number) =>
    hostileInput(name, {
      prediction: (batch, i) => ({
        ...batch,
        at: move(batch.at, i),
        receivedAt: batch.receivedAt.map((at) => move(at, i)),
      }),
      feedback: (batch, i) => ({
        ...batch,
        receivedAt: move(batch.receivedAt, i),
        items: batch.items.map((item) => ({ ...item, predictedAt: move(item.predictedAt, i) })),
      }),
      resource: (sample, i) => ({ ...sample, at: move(sample.at, i) }),
    });
  return [
    clock('a clock that stands still', () => START_MS),
    clock('a clock that goes backwards', (_, i) => START_MS - 1000 * i),
    {
      ...clock('a clock an hour ahead', (at) => at + HOUR_MS),
      mayBlind: 'windows of the newest by time are full of it until that hour has passed',
    },
    clock('a clock without a time', () => Number.NaN),
  ];
}

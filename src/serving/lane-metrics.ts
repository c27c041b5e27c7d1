// The metrics of one model version, bound to its labels in one place, so that all of them can be taken off together.
import type { Metrics } from '../metrics.js';
import type { BatcherObserver } from './batcher.js';
import type { LaneEstimate } from '../batching/lane-estimate.js';

export type RowRefusal = 'rows' | 'wait' | 'deadline' | 'client';

export interface LaneMetrics extends BatcherObserver {
  /** Counts predictions by what became of them: ok or an error code. */
  answered(outcome: string, rows: number): void;
  /** Notes how long a request took, in ms. */
  took(ms: number): void;
  refused(reason: RowRefusal, rows: number): void;
  looked(hits: number, misses: number): void;
  /** Takes the version off the metrics. */
  remove(): void;
}

export function createLaneMetrics(
  metrics: Metrics,
  version: { readonly model: string; readonly version: number },
  estimate: LaneEstimate,
  now: () => number,
): LaneMetrics {
  const labels = { model: version.model, version: version.version };
  const waitingRows = metrics.batcherWaiting.labels(labels);
  const batches = metrics.batcherBatches.labels(labels);
  const limitGauge = metrics.batcherLimit.labels(labels);
  const waitSeconds = metrics.batcherWaitSeconds.labels(labels);
  const perCost = metrics.batcherSecondsPerCost.labels(labels);
  const fixed = metrics.batcherFixedSeconds.labels(labels);
  const overhead = metrics.batcherOverheadSeconds.labels(labels);
  const seconds = metrics.predictionSeconds.labels(labels);
  const byOutcome = createChildren((outcome) => metrics.predictions.labels({ ...labels, outcome }));
  const byReason = createChildren((reason) => metrics.batcherRefused.labels({ ...labels, reason }));
  const byFind = createChildren((outcome) => metrics.answerCache.labels({ ...labels, outcome }));

  return {
    answered: (outcome, rows) => byOutcome.of(outcome).inc(rows),
    took: (ms) => seconds.observe(ms / 1000),
    refused: (reason, rows) => byReason.of(reason).inc(rows),
    looked(hits, misses) {
      if (hits > 0) byFind.of('hit').inc(hits);
      if (misses > 0) byFind.of('miss').inc(misses);
    },
    changed(load) {
      waitingRows.set(load.waitingRows);
      batches.set(load.batches);
    },
    left(rows, limit) {
      const at = now();
      limitGauge.set(limit);
      let group: object | undefined;
      for (const row of rows) {
        // The rows of one request came together and leave together.
        if (row.group === group) continue;
        group = row.group;
        waitSeconds.observe(Math.max(0, at - row.receivedAt) / 1000);
      }
    },
    returned() {
      const { a, b } = estimate.coefficients() ?? { a: 0, b: 0 };
      perCost.set(a / 1000);
      fixed.set(b / 1000);
      overhead.set(estimate.overheadMs() / 1000);
    },
    remove() {
      const own = [
        metrics.batcherWaiting,
        metrics.batcherBatches,
        metrics.batcherLimit,
        metrics.batcherWaitSeconds,
        metrics.batcherSecondsPerCost,
        metrics.batcherFixedSeconds,
        metrics.batcherOverheadSeconds,
        metrics.predictionSeconds,
      ];
      for (const metric of own) metric.remove(labels);
      for (const outcome of byOutcome.names()) metrics.predictions.remove({ ...labels, outcome });
      for (const reason of byReason.names()) metrics.batcherRefused.remove({ ...labels, reason });
      for (const outcome of byFind.names()) metrics.answerCache.remove({ ...labels, outcome });
    },
  };
}

/** One counter for each value of a label, bound when it is first needed. */
function createChildren<T>(bind: (value: string) => T) {
  const children = new Map<string, T>();
  return {
    names: () => [...children.keys()],
    of(value: string): T {
      const known = children.get(value);
      if (known !== undefined) return known;
      const child = bind(value);
      children.set(value, child);
      return child;
    },
  };
}

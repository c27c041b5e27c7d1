// That a change of the error is found, shown for a while and then normal, and that steady errors are not.
import { describe, expect, it } from 'vitest';
import { monitorSubject, seededRandom } from '../../../test/support/monitor-batches.js';
import type { FeedbackBatch, Monitor } from '../monitor.js';
import { conceptDriftMonitor } from './concept-drift.monitor.js';

const START = 1_700_000_000_000;
const DETECTORS = ['adwin', 'page-hinkley', 'ddm', 'hddm-a', 'kswin'];
type Item = FeedbackBatch['items'][number];
type Known = Pick<Item, 'predicted' | 'truth'>;

function createMonitor(
  settings: Record<string, unknown> = {},
  task: 'classification' | 'regression' = 'classification',
): Monitor {
  return conceptDriftMonitor.create(conceptDriftMonitor.settings.parse(settings), monitorSubject({ task }));
}

function tell(monitor: Monitor, known: readonly Known[], receivedAt = START): void {
  const items = known.map((one, i) => ({
    id: `f${i}`,
    predictionId: `p${i}`,
    version: 1,
    predictedAt: receivedAt - 1000 + i,
    ...one,
  }));
  if (items.length > 0)
    monitor.update([{ kind: 'feedback', batch: { v: 1, model: 'valve', receivedAt, items } }]);
}

/** `n` labels of which a share of `rate` says that the model was wrong. */
function labels(n: number, rate: number, seed: number): Known[] {
  const random = seededRandom(seed);
  return Array.from({ length: n }, () => ({
    predicted: { label: 'off' },
    truth: { label: random() < rate ? 'on' : 'off' },
  }));
}

/** `n` values whose errors are spread evenly from 0 to `most`. */
function values(n: number, most: number, seed: number): Known[] {
  const random = seededRandom(seed);
  return Array.from({ length: n }, () => ({
    predicted: { value: 5 },
    truth: { value: 5 + most * random() },
  }));
}

function found(monitor: Monitor, now = START) {
  return monitor.evaluate(now).findings[0];
}

describe('concept drift', () => {
  it.each(DETECTORS)('is found by %s when a classifier became wrong more often', (detector) => {
    const monitor = createMonitor({ detector });
    tell(monitor, labels(800, 0.1, 5));
    tell(monitor, labels(600, 0.6, 7), START + 3_600_000);
    expect(found(monitor, START + 3_600_000)).toMatchObject({ key: 'error', status: 'critical' });
  });

  it('is not found while the error is steady', () => {
    const monitor = createMonitor();
    tell(monitor, labels(5000, 0.1, 11));
    expect(found(monitor)).toMatchObject({ status: 'ok', n: 5000 });
    const regression = createMonitor({}, 'regression');
    tell(regression, values(5000, 3, 11));
    expect(found(regression)).toMatchObject({ status: 'ok', n: 5000 });
  });

  it('stays shown for its time and is normal afterwards', () => {
    const monitor = createMonitor({ holdSeconds: 600 });
    tell(monitor, labels(800, 0.1, 5));
    tell(monitor, labels(400, 0.5, 7), START + 1000);
    const shown = found(monitor, START + 600_000);
    expect(shown?.status).toBe('critical');
    expect(shown?.effect).toBeGreaterThan(0.2);
    expect(shown?.detail).toMatchObject({
      detector: 'adwin',
      lastDriftAt: new Date(START + 1000).toISOString(),
    });
    expect(found(monitor, START + 601_000)?.status).toBe('ok');
  });

  it('is a warning while the detector warns', () => {
    const monitor = createMonitor({ detector: 'hddm-a' });
    tell(monitor, labels(1000, 0.1, 17));
    const states = labels(300, 0.3, 19).map((one) => {
      tell(monitor, [one]);
      return found(monitor)?.status;
    });
    const drift = states.indexOf('critical');
    expect(drift).toBeGreaterThan(0);
    expect(states.slice(0, drift)).toContain('warning');
  });

  it('is none for a model that became better, or hardly worse', () => {
    for (const [before, since] of [
      [0.3, 0.1],
      [0.1, 0.11],
    ] as const) {
      const monitor = createMonitor({});
      tell(monitor, labels(100_000, before, 23));
      tell(monitor, labels(100_000, since, 29), START + 1000);
      expect(found(monitor, START + 1000)).toMatchObject({
        status: 'ok',
        detail: { labelsBefore: expect.any(Number) as number },
      });
    }
  });

  it('is found in the size of errors of a regression model, in any unit, whatever one outlier does', () => {
    for (const unit of [1e-6, 1, 1e6]) {
      const monitor = createMonitor({}, 'regression');
      tell(monitor, values(1000, unit, 5).concat(values(1, 1e9 * unit, 6), values(500, unit, 7)));
      expect(found(monitor)?.status).toBe('ok');
      tell(monitor, values(500, 4 * unit, 9));
      expect(found(monitor)?.status).toBe('critical');
    }
  });

  it('says when there is nothing, or too little, to go by', () => {
    const monitor = createMonitor();
    expect(found(monitor)).toMatchObject({ status: 'no-data', value: null, n: 0 });
    tell(monitor, [{ predicted: {}, truth: { label: 'on' } }]);
    expect(found(monitor)?.status).toBe('no-data');
    tell(monitor, labels(10, 0.5, 3));
    expect(found(monitor)).toMatchObject({ status: 'insufficient-data', n: 10 });
  });

  it('measures the mean error of the last labels', () => {
    const monitor = createMonitor({ window: { count: 4 } });
    tell(monitor, [...labels(6, 0, 1), ...labels(3, 1, 1)]);
    expect(monitor.evaluate(START).measurements).toEqual([
      { name: 'concept_drift_error', labels: {}, unit: null, value: 0.75, n: 4 },
      { name: 'concept_drift_labels', labels: {}, unit: null, value: 9, n: 9 },
    ]);
  });

  it('takes classes it does not know as they come', () => {
    const monitor = createMonitor();
    tell(monitor, [{ predicted: { label: '__proto__' }, truth: { label: 'stuck' } }]);
    expect(monitor.evaluate(START).measurements[0]).toMatchObject({ value: 1 });
  });

  it.each(DETECTORS)('continues from a snapshot of %s as if it had never stopped', (detector) => {
    for (const task of ['classification', 'regression'] as const) {
      const make = task === 'regression' ? values : labels;
      const stream = [...make(300, 0.2, 21), ...make(300, 0.9, 22)];
      for (const cut of [0, 17, 299, 420]) {
        const [whole, first, second] = [1, 2, 3].map(() => createMonitor({ detector }, task));
        if (whole === undefined || first === undefined || second === undefined) throw new Error('no monitor');
        tell(whole, stream);
        tell(first, stream.slice(0, cut));
        second.restore(JSON.parse(JSON.stringify(first.snapshot())));
        tell(second, stream.slice(cut));
        expect(found(second)).toEqual(found(whole));
      }
    }
  });

  it('refuses the state of another detector', () => {
    const state = createMonitor({ detector: 'ddm' }).snapshot();
    expect(() => createMonitor().restore(state)).toThrow('another detector');
  });
});

// What the performance monitor measures from late labels, and that it speaks only when it is sure.
import { describe, expect, it } from 'vitest';
import { answersOf, tellLabels, valuesOf, type Known } from '../../../test/support/label-batches.js';
import { monitorSubject, predictionBatch } from '../../../test/support/monitor-batches.js';
import type { Monitor } from '../monitor.js';
import { performanceMonitor } from './performance.monitor.js';

const NOW = 1_700_000_000_000;
function createMonitor(
  settings: Record<string, unknown> = {},
  task: 'classification' | 'regression' = 'classification',
) {
  return performanceMonitor.create(performanceMonitor.settings.parse(settings), monitorSubject({ task }));
}

function tell(monitor: Monitor, known: readonly Known[], from = NOW): void {
  tellLabels(monitor, known, from);
}

function measured(monitor: Monitor, now = NOW): Record<string, number> {
  const { measurements } = monitor.evaluate(now);
  return Object.fromEntries(
    measurements.map(({ name, labels, value }) => [[name, ...Object.values(labels)].join(' '), value]),
  );
}

describe('performance of a classifier', () => {
  it('measures accuracy, and every rate by class', () => {
    const monitor = createMonitor();
    tell(monitor, answersOf({ 'off>off': 90, 'off>on': 10, 'on>off': 5, 'on>on': 15 }));
    expect(measured(monitor)).toMatchObject({
      accuracy: 105 / 120,
      'precision on': 0.6,
      'recall on': 0.75,
      'false_positive_rate on': 0.1,
      'false_negative_rate on': 0.25,
      'recall off': 0.9,
    });
    expect(measured(monitor)['f1 on']).toBeCloseTo(2 / 3, 12);
    expect(measured(monitor)['f1_macro']).toBeCloseTo((180 / 195 + 2 / 3) / 2, 12);
    expect(measured(monitor)['f1_weighted']).toBeCloseTo((180 / 195) * (5 / 6) + (2 / 3) * (1 / 6), 12);
    expect(measured(monitor)['balanced_accuracy']).toBeCloseTo(0.825, 12);
    expect(measured(monitor)['matthews']).toBeCloseTo(1300 / Math.sqrt(100 * 20 * 95 * 25), 12);
    expect(measured(monitor)['kappa']).toBeCloseTo(13 / 22, 12);
    expect(monitor.evaluate(NOW).findings[0]?.detail['confusion']).toEqual({
      classes: ['off', 'on', '(other)'],
      matrix: [
        [90, 10, 0],
        [5, 15, 0],
        [0, 0, 0],
      ],
    });
  });

  it('counts a class that is not its own as other, and never as right by accident', () => {
    const monitor = createMonitor();
    tell(monitor, answersOf({ 'off>off': 2, 'stuck>on': 1, '__proto__>constructor': 1 }));
    const found = measured(monitor);
    expect(found).toMatchObject({ accuracy: 0.5, 'precision on': 0 });
    expect(Object.keys(found).some((name) => name.endsWith('(other)'))).toBe(true);
  });

  it.each([
    [{ 'off>off': 70, 'off>on': 30 }, 'critical'],
    [{ 'off>off': 80, 'off>on': 20 }, 'ok'],
    [{ 'off>off': 95, 'off>on': 5 }, 'ok'],
    [{ 'off>off': 5, 'off>on': 20 }, 'insufficient-data'],
    [{}, 'no-data'],
  ])('with the labels %j under a least accuracy of 0.9 is %s', (counts, status) => {
    const monitor = createMonitor({ minAccuracy: 0.9 });
    if (Object.keys(counts).length > 0) tell(monitor, answersOf(counts));
    expect(monitor.evaluate(NOW).findings).toMatchObject([{ key: 'accuracy', status, threshold: 0.9 }]);
  });

  it('says how improbable by chance an accuracy so far under its bound is', () => {
    const monitor = createMonitor({ minAccuracy: 0.9 });
    tell(monitor, answersOf({ 'off>off': 80, 'off>on': 20 }));
    const [finding] = monitor.evaluate(NOW).findings;
    // scipy.stats.binom.cdf(80, 100, 0.9)
    expect(finding?.pValue).toBeCloseTo(0.001978560865771225, 12);
    expect(finding?.summary).toContain('under 0.9 by no more than chance may explain');
    expect(finding?.detail['lower95']).toBeCloseTo(0.7112, 4);
  });

  it('judges nothing without a bound, and says what to set', () => {
    const monitor = createMonitor();
    tell(monitor, answersOf({ 'off>on': 50 }));
    const [finding] = monitor.evaluate(NOW).findings;
    expect(finding).toMatchObject({ status: 'ok', value: 0, threshold: null, n: 50 });
    expect(finding?.summary).toContain('"minAccuracy"');
  });

  it('puts a late label in the window of its prediction', () => {
    const monitor = createMonitor({ window: { count: 50 } });
    tell(monitor, answersOf({ 'off>off': 50 }), NOW);
    tell(monitor, answersOf({ 'off>on': 50 }), NOW - 86_400_000);
    expect(measured(monitor)['accuracy']).toBe(1);
    const recent = createMonitor({ window: { seconds: 60 } });
    tell(recent, answersOf({ 'off>on': 10 }), NOW - 120_000);
    tell(recent, answersOf({ 'off>off': 10 }), NOW - 30_000);
    expect(measured(recent)['accuracy']).toBe(1);
    expect(recent.evaluate(NOW).window).toEqual({ from: NOW - 30_000, to: NOW - 29_991, n: 10 });
  });

  it('takes a corrected label for the one it corrects', () => {
    const monitor = createMonitor();
    tell(monitor, answersOf({ 'off>on': 40 }));
    tell(monitor, answersOf({ 'on>on': 40 }));
    expect(monitor.evaluate(NOW).window.n).toBe(40);
    expect(measured(monitor)['accuracy']).toBe(1);
  });

  it('measures which share of predictions is labelled, without those that failed', () => {
    const monitor = createMonitor();
    const rows = Array.from({ length: 50 }, (_, i) => ({ failed: i >= 40 }));
    monitor.update([{ kind: 'prediction', batch: predictionBatch(NOW, rows) }]);
    expect(measured(monitor)).toEqual({ label_ratio: 0 });
    tell(monitor, answersOf({ 'off>off': 10 }));
    expect(measured(monitor)['label_ratio']).toBe(0.25);
  });

  it('measures the share over the stretch its labels come from', () => {
    const monitor = createMonitor({ window: { count: 20 } });
    for (let minute = 0; minute < 10; minute += 1) {
      const at = NOW + minute * 60_000;
      monitor.update([
        {
          kind: 'prediction',
          batch: predictionBatch(
            at,
            Array.from({ length: 40 }, () => ({})),
          ),
        },
      ]);
      tell(monitor, answersOf({ 'off>off': 20 }), at);
    }
    expect(measured(monitor, NOW + 600_000)['label_ratio']).toBe(0.5);
  });

  it('keeps bounded series however many classes a model has', () => {
    const classes = Array.from({ length: 150 }, (_, i) => `class-${i}`);
    const subject = monitorSubject();
    const many = { ...subject, manifest: { ...subject.manifest, classes } };
    const monitor = performanceMonitor.create(performanceMonitor.settings.parse({}), many);
    const right = Object.fromEntries(classes.map((name) => [`${name}>${name}`, 2]));
    tell(monitor, answersOf({ ...right, 'class-140>class-141': 100 }));
    const { measurements, findings } = monitor.evaluate(NOW);
    expect(measurements.length).toBeLessThan(200);
    expect(findings[0]).toMatchObject({ value: 0.75, n: 400 });
    // Of the classes beyond the first hundred, half the answers were right, though all of them are called one.
    expect(measured(monitor)).toMatchObject({ 'recall (other)': 0.5, 'precision (other)': 0.5 });
  });

  it('refuses the state of a model with other classes', () => {
    const state = { classes: ['a', '(other)'], rows: [], predictions: [] };
    expect(() => createMonitor().restore(state)).toThrow('other classes');
  });
});

describe('performance of a regression model', () => {
  const pairs = Array.from({ length: 100 }, (_, i) => [i, i + (i % 2 === 0 ? 1 : -3)] as const);

  it('measures its errors', () => {
    const monitor = createMonitor({}, 'regression');
    tell(monitor, valuesOf(pairs));
    const found = measured(monitor);
    expect(found).toMatchObject({ mae: 2, mse: 5 });
    expect(found['rmse']).toBeCloseTo(Math.sqrt(5), 12);
    expect(found['r2']).toBeCloseTo(1 - 500 / 83_325, 12);
  });

  it('is critical when its errors are surely over the bounds, by both sides of a snapshot', () => {
    const settings = { maxMae: 1.5, maxRmse: 3 };
    const monitor = createMonitor(settings, 'regression');
    tell(monitor, valuesOf(pairs));
    const next = createMonitor(settings, 'regression');
    next.restore(JSON.parse(JSON.stringify(monitor.snapshot())));
    for (const one of [monitor, next])
      expect(one.evaluate(NOW).findings).toMatchObject([
        { key: 'mae', status: 'critical', value: 2, threshold: 1.5 },
        { key: 'rmse', status: 'ok' },
      ]);
  });

  it.each([
    [{ maxRmse: 1.5 }, 'critical'],
    [{ maxRmse: 2.2 }, 'ok'],
  ])('judges squared errors by the square of the bound %o: %s', (settings, status) => {
    const monitor = createMonitor(settings, 'regression');
    tell(monitor, valuesOf(pairs));
    expect(monitor.evaluate(NOW).findings[1]).toMatchObject({ key: 'rmse', status });
  });

  it('leaves out feedback without the value it needs', () => {
    const monitor = createMonitor({}, 'regression');
    tell(monitor, [{ truth: { label: 'on' }, predicted: {} }, ...answersOf({ 'off>off': 3 })]);
    expect(monitor.evaluate(NOW)).toMatchObject({ measurements: [], window: { n: 0 } });
  });
});

describe('performance beside the evaluation of the version', () => {
  const evaluated = { accuracy: 0.95, rows: 2000, mae: 2, rmse: 3 };
  const create = (
    evaluation: Readonly<Record<string, number>>,
    settings: Record<string, unknown> = {},
    task: 'classification' | 'regression' = 'classification',
  ) =>
    performanceMonitor.create(
      performanceMonitor.settings.parse(settings),
      monitorSubject({ task, evaluation }),
    );
  const judge = (monitor: Monitor, known: readonly Known[]) => {
    tell(monitor, known);
    return monitor.evaluate(NOW).findings[0];
  };

  it.each([
    [{ 'off>off': 940, 'off>on': 60 }, 'ok'],
    [{ 'off>off': 910, 'off>on': 90 }, 'ok'],
    [{ 'off>off': 880, 'off>on': 120 }, 'warning'],
    [{ 'off>off': 700, 'off>on': 300 }, 'critical'],
    // As large a drop, and so few that chance explains it.
    [{ 'off>off': 35, 'off>on': 5 }, 'ok'],
    [{ 'off>on': 20 }, 'insufficient-data'],
    [{}, 'no-data'],
  ])('with the labels %j after an accuracy of 0.95 is %s', (counts, status) => {
    const monitor = create(evaluated);
    const known = answersOf(counts);
    const finding = known.length === 0 ? monitor.evaluate(NOW).findings[0] : judge(monitor, known);
    expect(finding).toMatchObject({ key: 'accuracy', status });
  });

  it('says what it compares, and the probability of such a drop by chance', () => {
    const finding = judge(create(evaluated), answersOf({ 'off>off': 880, 'off>on': 120 }));
    expect(finding).toMatchObject({ value: 0.88, n: 1000, detail: { evaluated: 0.95, evaluatedRows: 2000 } });
    expect(finding?.effect).toBeCloseTo(0.07, 12);
    expect(finding?.threshold).toBeCloseTo(0.9, 12);
    // scipy.stats.fisher_exact([[120, 880], [100, 1900]], alternative="greater")
    expect(Math.log10(finding?.pValue ?? 1)).toBeCloseTo(Math.log10(1.4324453903021175e-11), 6);
  });

  it('trusts an evaluation on few rows less than one on many', () => {
    const counts = answersOf({ 'off>off': 880, 'off>on': 120 });
    expect(judge(create({ accuracy: 0.95, rows: 40 }), counts)?.status).toBe('ok');
    expect(judge(create({ accuracy: 0.95, rows: 4000 }), counts)?.status).toBe('warning');
  });

  it('leaves the word to a bound where one is set, and to nobody where the evaluation is none', () => {
    const counts = answersOf({ 'off>off': 700, 'off>on': 300 });
    expect(judge(create(evaluated, { minAccuracy: 0.5 }), counts)).toMatchObject({
      status: 'ok',
      threshold: 0.5,
    });
    for (const evaluation of [
      {},
      { accuracy: 0.95 },
      { accuracy: 95, rows: 100 },
      { accuracy: 0.9, rows: 0.5 },
    ])
      expect(judge(create(evaluation), counts), JSON.stringify(evaluation)).toMatchObject({
        status: 'ok',
        threshold: null,
      });
  });

  it('judges errors of numbers by their mean, and both samples by their spread', () => {
    const spread = (mean: number, n = 400) =>
      valuesOf(Array.from({ length: n }, (_, i) => [0, mean * (0.1 + 0.6 * (i % 4))] as const));
    const status = (mean: number, n?: number, metrics: Readonly<Record<string, number>> = evaluated) =>
      judge(create(metrics, {}, 'regression'), spread(mean, n));
    expect(status(2)).toMatchObject({ key: 'mae', status: 'ok', effect: 0 });
    expect(status(2.3)).toMatchObject({ status: 'ok' });
    expect(status(2.6)).toMatchObject({ status: 'warning' });
    expect(status(4)).toMatchObject({ status: 'critical' });
    expect(status(2.6, 32)).toMatchObject({ status: 'ok' });
    expect(status(2.6, 400, { mae: 2, rows: 2000 })).toMatchObject({ status: 'warning' });
    expect(status(2.6, 400, { mae: 2, rmse: 3, rows: 20 })).toMatchObject({ status: 'ok' });
    expect(status(2.6, 400, { mae: 0, rows: 20 })).toMatchObject({ status: 'ok', threshold: null });
  });

  it.each([{}, { maxMae: 2.5 }, { maxRmse: 4 }])(
    'neither alarms because of one absurd label nor overlooks for it that errors tripled: %o',
    (settings) => {
      const evaluation = { mae: 2, rmse: 3, rows: 2000 };
      const spread = (mean: number) =>
        Array.from({ length: 999 }, (_, i) => [0, mean * (0.1 + 0.6 * (i % 4))] as const);
      const statusOf = (mean: number) => {
        const monitor = create(evaluation, settings, 'regression');
        tell(monitor, valuesOf([...spread(mean), [1e9, 0]]));
        return monitor.evaluate(NOW).findings.map(({ status }) => status);
      };
      expect(statusOf(2)).toEqual(['ok', 'ok']);
      expect(statusOf(6)).toContain('critical');
    },
  );
});

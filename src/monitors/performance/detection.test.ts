// What the performance monitor measures of pictures with true boxes, and when a detector is surely worse than it was evaluated.
import { describe, expect, it } from 'vitest';
import {
  detectionBatch,
  detectorSubject,
  drawScenes,
  truthOf,
  type Scene,
  type SceneKind,
} from '../../../test/support/detector-batches.js';
import { createRandom } from '../../training/random.js';
import type { Monitor } from '../monitor.js';
import { performanceMonitor } from './performance.monitor.js';

const NOW = 1_700_000_000_000;
/** Of ordinary scenes. */
const EVALUATION = { map50: 0.77, recall_young: 0.83, precision_young: 0.91, rows: 500 };

function create(
  evaluation?: Readonly<Record<string, number>>,
  settings: Record<string, unknown> = {},
): Monitor {
  const subject = evaluation === undefined ? detectorSubject() : detectorSubject({ evaluation });
  return performanceMonitor.create(performanceMonitor.settings.parse(settings), subject);
}

function tell(monitor: Monitor, scenes: readonly Scene[], at = NOW): void {
  const batch = detectionBatch(at, scenes);
  monitor.update([
    { kind: 'prediction', batch },
    { kind: 'feedback', batch: truthOf(batch, scenes) },
  ]);
}

function judge(monitor: Monitor, count: number, kind: SceneKind = {}): Record<string, string> {
  tell(monitor, drawScenes(createRandom(5), count, kind));
  return Object.fromEntries(monitor.evaluate(NOW).findings.map(({ key, status }) => [key, status]));
}

describe('performance of a detector', () => {
  it('measures by class what was right, wrong and missed', () => {
    const [scene] = drawScenes(createRandom(1), 1);
    if (scene === undefined) throw new Error('one scene');
    const box = (x: number) => ({ x, y: 0, width: 20, height: 20 });
    const found = (label: string, confidence: number, x: number) => ({ label, confidence, box: box(x) });
    const there = (label: string, x: number) => ({ label, box: box(x) });
    const monitor = create();
    tell(monitor, [
      {
        ...scene,
        detections: [found('young', 0.9, 1), found('young', 0.8, 500), found('mature', 0.7, 201)],
        truths: [there('young', 0), there('young', 100), there('mature', 200)],
      },
      { ...scene, detections: [found('young', 0.3, 0)], truths: [] },
    ]);
    const { measurements, window } = monitor.evaluate(NOW);
    const values = Object.fromEntries(
      measurements.map(({ name, labels, value }) => [[name, ...Object.values(labels)].join(' '), value]),
    );
    expect(window.n).toBe(2);
    expect(values).toMatchObject({
      ...{ map50: 0.75, label_ratio: 1, 'precision young': 1 / 3, 'recall young': 0.5, 'recall mature': 1 },
      ...{ 'false_negative_rate young': 0.5, 'false_positives_per_image young': 1 },
      'false_negatives_per_image young': 0.5,
    });
    expect(values['f1 young']).toBeCloseTo(0.4, 12);
    expect(values['f1_macro']).toBeCloseTo(0.7, 12);
    expect(values).not.toHaveProperty('recall fruiting');
  });

  it('is quiet while it is as good as evaluated, and judges no fewer pictures than minRows', () => {
    const ok = { map50: 'ok', 'precision:young': 'ok', 'recall:young': 'ok' };
    expect(judge(create(EVALUATION), 200)).toEqual(ok);
    expect(judge(create(EVALUATION), 25, { missShare: 0.9 })).toMatchObject({ map50: 'insufficient-data' });
    expect(judge(create(), 200, { missShare: 0.9 })).toEqual({ map50: 'ok' });
  });

  it('speaks when it finds less, or less rightly', () => {
    const missing = judge(create(EVALUATION), 200, { missShare: 0.6 });
    expect(missing).toEqual({ map50: 'critical', 'recall:young': 'critical', 'precision:young': 'ok' });
    const wrong = judge(create(EVALUATION), 200, { wrongShare: 0.6 });
    expect(wrong).toMatchObject({ map50: 'critical', 'precision:young': 'critical' });
  });

  it('says what it compares, in pictures and boxes', () => {
    const monitor = create(EVALUATION);
    judge(monitor, 200, { missShare: 0.5 });
    const [finding] = monitor.evaluate(NOW).findings;
    expect(finding).toMatchObject({ key: 'map50', n: 200, isCause: true });
    expect(finding?.detail).toMatchObject({ evaluated: 0.77, evaluatedRows: 500, labelRatio: 1 });
    expect(finding?.pValue).toBeLessThan(1e-9);
    expect(finding?.effect).toBeGreaterThan(0.15);
  });

  it('leaves the word to a bound where one is set', () => {
    expect(judge(create(EVALUATION, { minMap50: 0.3 }), 200, { missShare: 0.4 })).toMatchObject({
      map50: 'ok',
    });
    const bounded = create(EVALUATION, { minMap50: 0.9 });
    expect(judge(bounded, 200)).toMatchObject({ map50: 'critical' });
    // What is found of classes is its symptom, as without a bound.
    expect(bounded.evaluate(NOW).findings[0]).toMatchObject({ key: 'map50', isCause: true });
  });

  it('takes an empty truth for the word that nothing is there, and none for no word', () => {
    const monitor = create();
    const scenes = drawScenes(createRandom(2), 10).map((scene) => ({ ...scene, truths: [] }));
    tell(monitor, scenes);
    expect(monitor.evaluate(NOW).window.n).toBe(10);
    const batch = truthOf(detectionBatch(NOW + 1000, scenes), scenes);
    const wordless = { ...batch, items: batch.items.map((item) => ({ ...item, truth: {} })) };
    monitor.update([{ kind: 'feedback', batch: wordless }]);
    expect(monitor.evaluate(NOW).window.n).toBe(10);
  });

  it('keeps fewer pictures where they hold very much, and says the same after a restart', () => {
    const monitor = create(EVALUATION);
    const random = createRandom(3);
    const crowded = (n: number) => ({ label: `young`, box: { x: 30 * n, y: 0, width: 20, height: 20 } });
    const [scene] = drawScenes(random, 1);
    if (scene === undefined) throw new Error('one scene');
    for (let minute = 0; minute < 30; minute += 1) {
      const truths = Array.from({ length: 400 }, (_, n) => crowded(n));
      const scenes = Array.from({ length: 20 }, () => ({
        ...scene,
        truths,
        detections: truths.map((one) => ({ ...one, confidence: random.uniform() })),
      }));
      tell(monitor, scenes, NOW + 60_000 * minute);
    }
    const state = JSON.stringify(monitor.snapshot());
    expect(state.length).toBeLessThan(512 * 1024);
    expect(monitor.evaluate(NOW).window.n).toBeLessThan(600);
    expect(monitor.evaluate(NOW).window.n).toBeGreaterThan(300);
    const next = create(EVALUATION);
    next.restore(JSON.parse(state));
    expect(next.evaluate(NOW)).toEqual(monitor.evaluate(NOW));
  });
});

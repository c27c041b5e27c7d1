// What detections measures and finds, and that pictures that are merely very different are not drift.
import { describe, expect, it } from 'vitest';
import {
  detectionBatch,
  detectorSubject,
  drawScenes,
  STAGES,
  type Scene,
  type SceneKind,
} from '../../../test/support/detector-batches.js';
import { createRandom } from '../../training/random.js';
import type { Monitor } from '../monitor.js';
import { chiSquareHomogeneity } from '../statistics/chi-square-homogeneity.js';
import { detectionsMonitor } from './detections.monitor.js';

const NOW = 1_700_000_000_000;
const REFERENCE = drawScenes(createRandom(1), 500);

function create(
  settings: Record<string, unknown> = {},
  reference: readonly Scene[] | undefined = REFERENCE,
): Monitor {
  const subject = reference.length === 0 ? detectorSubject() : detectorSubject({ reference });
  return detectionsMonitor.create(detectionsMonitor.settings.parse(settings), subject);
}

function feed(monitor: Monitor, scenes: readonly Scene[], at = NOW): void {
  monitor.update([{ kind: 'prediction', batch: detectionBatch(at, scenes) }]);
}

function measured(monitor: Monitor): Record<string, number> {
  const { measurements } = monitor.evaluate(NOW);
  return Object.fromEntries(
    measurements.map(({ name, labels, value }) => [[name, ...Object.values(labels)].join(' '), value]),
  );
}

function statuses(monitor: Monitor): Record<string, string> {
  return Object.fromEntries(monitor.evaluate(NOW).findings.map(({ key, status }) => [key, status]));
}

/** The findings that are bad once a window of such pictures came after an ordinary one. */
function badAfter(kind: SceneKind, seed = 2): string[] {
  const random = createRandom(seed);
  const monitor = create();
  feed(monitor, drawScenes(random, 200));
  expect(new Set(Object.values(statuses(monitor)))).toEqual(new Set(['ok']));
  for (let window = 0; window < 3; window += 1) feed(monitor, drawScenes(random, 200, kind));
  return Object.entries(statuses(monitor)).flatMap(([key, status]) => (isBad(status) ? [key] : []));
}

const isBad = (status: string) => status === 'warning' || status === 'critical';

describe('detections', () => {
  it('measures pictures and boxes, without failed pictures', () => {
    const [scene] = drawScenes(createRandom(3), 1);
    if (scene === undefined) throw new Error('one scene');
    const box = { x: 0, y: 0, width: 20, height: 5 };
    const found = (label: string, confidence: number, cut = false) => ({ label, confidence, box, cut });
    const scenes: Scene[] = [
      { ...scene, detections: [found('young', 0.9, true), found('young', 0.7), found('palm', 0.8)] },
      { ...scene, detections: [found('mature', 0.4)] },
      { ...scene, detections: [] },
      { ...scene, detections: [found('fruiting', 1)], failed: true },
    ];
    const monitor = create();
    feed(monitor, scenes);
    const values = measured(monitor);
    expect(values).toMatchObject({
      images_without_detection_ratio: 1 / 3,
      cut_boxes_ratio: 0.25,
      detection_window_images: 3,
      'stage_share young': 0.5,
      'stage_share mature': 0.25,
      'stage_share flowering': 0,
      'stage_share (other)': 0.25,
    });
    expect(values['detections_per_image']).toBeCloseTo(4 / 3, 12);
    expect(values['detection_confidence_mean']).toBeCloseTo(0.6, 12);
    expect(values['box_size_mean']).toBeCloseTo(10, 12);
  });

  it.each<[string, SceneKind, readonly string[]]>([
    ['bare soil', { bareShare: 0.4 }, ['empty']],
    ['the season going on', { stages: [1, 2, 0.1, 2] }, ['stages']],
    ['dusk', { sureness: 0.6 }, ['confidence']],
    ['a higher flight', { size: 30 }, ['box-size']],
    ['sparser rows', { logTrees: 1.6 }, ['per-image']],
    ['other tiles', { cutShare: 0.3 }, ['cut']],
  ])('finds %s', (_, kind, expected) => {
    expect(badAfter(kind)).toEqual(expect.arrayContaining([...expected]));
  });

  it('says what it was, what it is and how far that may be by chance', () => {
    const monitor = create();
    feed(monitor, drawScenes(createRandom(4), 200, { stages: [0, 0, 0, 1], bareShare: 0.5 }));
    const findings = new Map(monitor.evaluate(NOW).findings.map((finding) => [finding.key, finding]));
    const empty = findings.get('empty');
    expect(empty).toMatchObject({ status: 'critical', n: 200 });
    expect(empty?.summary).toMatch(
      /pictures without any detection is \d+\.\d% \(95% interval .* the reference had/,
    );
    expect(Object.keys(empty?.detail ?? {})).toEqual(
      expect.arrayContaining(['current', 'lower95', 'upper95', 'reference', 'currentCounts']),
    );
    const stages = findings.get('stages');
    expect(stages?.summary).toContain('"fruiting" was');
    expect(JSON.stringify(stages?.detail['shares'])).toMatch(
      /"fruiting":{"current":0\.\d+,"lower95":0\.\d+,"upper95":[01].*"reference":0\.\d+/,
    );
  });

  it('without a reference judges bounds alone, where the whole interval is beyond one', () => {
    const random = createRandom(6);
    const none = create({}, []);
    feed(none, drawScenes(random, 200));
    expect(new Set(Object.values(statuses(none)))).toEqual(new Set(['no-data']));
    expect(measured(none)['detections_per_image']).toBeGreaterThan(5);
    const bounds = {
      maxEmptyRatio: 0.1,
      minPerImage: 3,
      maxPerImage: 100,
      minConfidence: 0.5,
      maxCutRatio: 0.3,
    };
    const bounded = create(bounds, []);
    feed(bounded, drawScenes(random, 199));
    expect(statuses(bounded)).toMatchObject({ empty: 'insufficient-data', 'per-image': 'insufficient-data' });
    feed(bounded, drawScenes(random, 1));
    const ok = { empty: 'ok', 'per-image': 'ok', confidence: 'ok', cut: 'ok' };
    expect(statuses(bounded)).toMatchObject(ok);
    feed(bounded, drawScenes(random, 200, { bareShare: 0.3, sureness: 0.4, cutShare: 0.6, logTrees: 0.5 }));
    const critical = { empty: 'critical', 'per-image': 'critical', confidence: 'critical', cut: 'critical' };
    expect(statuses(bounded)).toMatchObject(critical);
  });

  it('waits for a window, and for pictures with something in them', () => {
    const monitor = create();
    feed(monitor, drawScenes(createRandom(7), 50));
    expect(new Set(Object.values(statuses(monitor)))).toEqual(new Set(['insufficient-data']));
    const bare = create();
    feed(bare, drawScenes(createRandom(7), 200, { bareShare: 1 }));
    expect(statuses(bare)).toMatchObject({ empty: 'critical', stages: 'no-data', confidence: 'no-data' });
  });

  it('keeps what is added up in step with the windows that end by time', () => {
    const monitor = create({ maxSeconds: 10 });
    const random = createRandom(8);
    for (let second = 0; second < 30; second += 1) feed(monitor, drawScenes(random, 5), NOW + 1000 * second);
    const { measurements, window } = monitor.evaluate(NOW + 30_000);
    expect(window.n).toBe(50);
    expect(measurements.find(({ name }) => name === 'detections_per_image')?.n).toBe(50);
  });

  it('refuses the state of a model with other classes', () => {
    const state = create().snapshot();
    const other = { ...detectorSubject(), manifest: { ...detectorSubject().manifest, classes: ['a', 'b'] } };
    const monitor = detectionsMonitor.create(detectionsMonitor.settings.parse({}), other);
    expect(() => {
      monitor.restore(state);
    }).toThrow('other classes');
  });
});

describe('pictures that are merely very different', () => {
  it('raise nothing, where a test that counts boxes would in nearly every window', () => {
    let [windows, alarms, byBoxes] = [0, 0, 0];
    for (let seed = 1; seed <= 4; seed += 1) {
      const random = createRandom(seed);
      const reference = drawScenes(random, 400);
      const monitor = create({ window: { count: 60 } }, reference);
      for (let window = 0; window < 15; window += 1) {
        const scenes = drawScenes(random, 60);
        feed(monitor, scenes);
        windows += 1;
        if (Object.values(statuses(monitor)).some(isBad)) alarms += 1;
        const test = chiSquareHomogeneity(boxesByStage(reference), boxesByStage(scenes));
        if ((test?.pValue ?? 1) < 0.001) byBoxes += 1;
      }
    }
    expect(alarms).toBe(0);
    expect(byBoxes / windows).toBeGreaterThan(0.5);
  });

  it('are suspect by chance as often as the level says, a rare class in whole fields included', () => {
    let [judged, suspect] = [0, 0];
    const kind = { stages: [1, 2, 1, 0.1] };
    for (let seed = 11; seed <= 18; seed += 1) {
      const random = createRandom(seed);
      const monitor = create({ window: { count: 40 } }, drawScenes(random, 500, kind));
      for (let window = 0; window < 8; window += 1) {
        feed(monitor, drawScenes(random, 40, kind));
        const stages = monitor.evaluate(NOW).findings.find(({ key }) => key === 'stages');
        judged += 1;
        if ((stages?.pValue ?? 1) < 0.05) suspect += 1;
      }
    }
    expect(suspect / judged).toBeLessThan(0.1);
  });
});

function boxesByStage(scenes: readonly Scene[]): number[] {
  const labels = scenes.flatMap(({ detections }) => detections.map(({ label }) => label));
  return STAGES.map((stage) => labels.filter((label) => label === stage).length);
}

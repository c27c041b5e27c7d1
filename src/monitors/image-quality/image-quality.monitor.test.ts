// When pictures are found to be other than those of the reference, whatever the model makes of them.
import { describe, expect, it } from 'vitest';
import {
  detectionBatch,
  detectorSubject,
  drawScenes,
  type SceneKind,
} from '../../../test/support/detector-batches.js';
import { predictionBatch } from '../../../test/support/monitor-batches.js';
import { createRandom } from '../../training/random.js';
import { imageQualityMonitor } from './image-quality.monitor.js';

const NOW = 1_700_000_000_000;
const QUALITIES = ['aspect', 'brightness', 'contrast', 'height', 'saturation', 'sharpness', 'width'];

function judge(kinds: readonly SceneKind[], reference = drawScenes(createRandom(1), 500)) {
  const subject = reference.length === 0 ? detectorSubject() : detectorSubject({ reference });
  const monitor = imageQualityMonitor.create(imageQualityMonitor.settings.parse({}), subject);
  const random = createRandom(2);
  for (const kind of kinds)
    monitor.update([{ kind: 'prediction', batch: detectionBatch(NOW, drawScenes(random, 200, kind)) }]);
  return { monitor, evaluation: monitor.evaluate(NOW) };
}

const bad = (kinds: readonly SceneKind[]) =>
  judge(kinds)
    .evaluation.findings.filter(({ status }) => status === 'warning' || status === 'critical')
    .map(({ key }) => key)
    .sort();

describe('image quality', () => {
  it('has a finding for each quality of the reference, and none bad in ordinary pictures', () => {
    const { evaluation } = judge(Array.from({ length: 20 }, () => ({})));
    expect(evaluation.findings.map(({ key }) => key).sort()).toEqual(QUALITIES);
    expect(new Set(evaluation.findings.map(({ status }) => status))).toEqual(new Set(['ok']));
    const brightness = evaluation.measurements.find(
      ({ name, labels }) => name === 'image_quality_mean' && labels['quality'] === 'brightness',
    );
    expect(brightness?.value).toBeCloseTo(0.5, 1);
  });

  it.each<[string, SceneKind, readonly string[]]>([
    ['dusk', { brightness: 0.35 }, ['brightness', 'contrast']],
    ['blur', { sharpness: 120 }, ['sharpness']],
    ['another camera', { width: 768 }, ['aspect', 'width']],
  ])('finds %s', (_, kind, expected) => {
    expect(bad([{}, kind])).toEqual(expected);
  });

  it('says what it was and what it is', () => {
    const finding = judge([{ brightness: 0.3 }]).evaluation.findings.find(({ key }) => key === 'brightness');
    expect(finding?.summary).toMatch(
      /"brightness" has drifted from the reference .* its mean was 0\.\d+, is 0\.[23]/,
    );
  });

  it('has nothing to say without a reference of pictures, and of rows that are none', () => {
    expect(judge([{}], []).evaluation.findings).toMatchObject([
      { key: 'pictures', status: 'no-data', n: 200 },
    ]);
    const { monitor } = judge([]);
    monitor.update([{ kind: 'prediction', batch: predictionBatch(NOW, [{}, {}]) }]);
    expect(monitor.evaluate(NOW).window.n).toBe(0);
  });
});

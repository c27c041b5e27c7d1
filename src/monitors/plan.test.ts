// Which monitors a manifest asks for, and how it learns of every mistake at once.
import { describe, expect, it } from 'vitest';
import { detectorSubject } from '../../test/support/detector-batches.js';
import { monitorSubject } from '../../test/support/monitor-batches.js';
import { modelManifestSchema } from '../manifest/model-manifest.js';
import { builtInMonitors } from './built-in.js';
import { planMonitors } from './plan.js';

const manifestOf = (options: Parameters<typeof monitorSubject>[0]) => monitorSubject(options).manifest;
const namesOf = (options: Parameters<typeof monitorSubject>[0]) =>
  planMonitors([manifestOf(options)], builtInMonitors)
    .get('valve')
    ?.map(({ definition }) => definition.name);

describe('the plan of monitors', () => {
  it('takes every monitor for the task of the model', () => {
    const anyTask = [
      'latency',
      'throughput',
      'error-rate',
      'data-drift',
      'prediction-drift',
      'data-quality',
      'performance',
      'concept-drift',
      'outlier',
    ];
    const ofClassifiers = [
      'latency',
      'throughput',
      'error-rate',
      'confidence',
      'class-distribution',
      'data-drift',
      'prediction-drift',
      'data-quality',
      'performance',
      'estimated-performance',
      'concept-drift',
      'outlier',
    ];
    expect(namesOf({})).toEqual(ofClassifiers);
    expect(namesOf({ task: 'regression' })).toEqual(anyTask);
  });

  it('takes for models of pictures what can be said of pictures, and nothing of the names of their uploads', () => {
    const namesFor = (manifest: ReturnType<typeof manifestOf>) =>
      planMonitors([manifest], builtInMonitors)
        .get(manifest.name)
        ?.map(({ definition }) => definition.name);
    const always = ['latency', 'throughput', 'error-rate'];
    expect(namesFor(detectorSubject().manifest)).toEqual([
      ...always,
      ...['detections', 'image-quality', 'performance'],
    ]);
    const classifier = modelManifestSchema.parse({
      ...{ name: 'leaf', title: 'Leaf', task: 'classification', classes: ['well', 'ill'] },
      features: [{ name: 'image', type: 'image' }],
      inputs: [{ tensor: 'images', features: ['image'] }],
      ...{ outputs: { probabilities: 'p' }, image: { fit: 'crop' } },
    });
    expect(namesFor(classifier)).toEqual([
      ...always,
      ...['confidence', 'class-distribution', 'image-quality', 'prediction-drift', 'performance'],
      ...['estimated-performance', 'concept-drift'],
    ]);
    const wrong = detectorSubject({ monitors: { 'data-drift': {} } }).manifest;
    expect(() => planMonitors([wrong], builtInMonitors)).toThrow(
      'model "orchard", monitor "data-drift": it watches models with a feature of type number',
    );
    expect(() => planMonitors([manifestOf({ monitors: { 'image-quality': {} } })], builtInMonitors)).toThrow(
      'monitor "image-quality": it watches models with a feature of type image, and this one has none',
    );
  });

  it('leaves out what the manifest switches off, whatever the task', () => {
    expect(namesOf({ monitors: { confidence: false, latency: false } })).not.toContain('confidence');
    expect(namesOf({ task: 'regression', monitors: { confidence: false } })).toHaveLength(9);
  });

  it("puts the manifest's settings over the defaults", () => {
    const manifest = manifestOf({ monitors: { confidence: { warnMeanBelow: 0.8 } } });
    const planned = planMonitors([manifest], builtInMonitors).get('valve');
    const confidence = planned?.find(({ definition }) => definition.name === 'confidence');
    expect(confidence?.settings).toMatchObject({ warnMeanBelow: 0.8, criticalMeanBelow: 0.5, minRows: 30 });
  });

  it('names every problem of every model at once, by model, monitor and setting', () => {
    const manifests = [
      manifestOf({ monitors: { tarot: {}, confidence: { warnMeanBelow: 'high' } } }),
      manifestOf({
        model: 'pump',
        monitors: { latency: { window: { count: 0 } }, throughput: { quiet: 1 } },
      }),
      manifestOf({ model: 'flow', task: 'regression', monitors: { confidence: {} } }),
    ];
    expect(() => planMonitors(manifests, builtInMonitors)).toThrow(/The monitors cannot start/);
    const message = String(catchError(() => planMonitors(manifests, builtInMonitors)));
    expect(message).toContain('model "valve": there is no monitor "tarot"');
    expect(message).toContain('model "valve", monitor "confidence", setting "warnMeanBelow"');
    expect(message).toContain('model "pump", monitor "latency", setting "window.count"');
    expect(message).toContain('model "pump", monitor "throughput", settings: Unrecognized key: "quiet"');
    expect(message).toContain('model "flow", monitor "confidence": it does not watch regression models');
  });

  it('repeats any monitor by segment where its settings say so, and names what is wrong with that', () => {
    const monitors = { latency: { segmentBy: 'metadata.region', segments: { top: 3 }, minRows: 7 } };
    const planned = planMonitors([manifestOf({ monitors })], builtInMonitors).get('valve');
    expect(planned?.find(({ definition }) => definition.name === 'latency')?.settings).toMatchObject({
      segmentBy: 'metadata.region',
      segments: { top: 3, reviewRows: 5000, referenceRows: 1000 },
      minRows: 7,
    });
    const wrong = {
      'data-drift': { segmentBy: 'room' },
      confidence: { segmentBy: 'load', segments: { most: 3 } },
    };
    const plan = () => planMonitors([manifestOf({ monitors: wrong })], builtInMonitors);
    expect(plan).toThrow(
      'model "valve", monitor "data-drift", setting "segmentBy": the model has no feature "room"',
    );
    expect(plan).toThrow(
      'model "valve", monitor "confidence", setting "segmentBy": feature "load" is of type number',
    );
    expect(plan).toThrow('model "valve", monitor "confidence", setting "segments": Unrecognized key: "most"');
  });
});

function catchError(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  return undefined;
}

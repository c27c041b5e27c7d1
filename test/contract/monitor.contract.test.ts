// The built-in monitors hold to the plugin contract, repeated by segment too; the example plugin runs the same suite beside itself.
import { builtInMonitors } from '../../src/monitors/built-in.js';
import { segmented } from '../../src/monitors/segments/segmented.js';
import { detectorSubject } from '../support/detector-batches.js';
import { monitorSubject } from '../support/monitor-batches.js';
import { monitorContract } from './monitor.contract.js';

for (const definition of builtInMonitors) monitorContract(definition, [{ window: { seconds: 30 } }]);

// What watches numbers and pictures in ways of their own is held to both.
for (const definition of builtInMonitors.filter(({ name }) => name === 'performance'))
  monitorContract(definition, [{ window: { seconds: 30 } }], undefined, 'pictures');

const MAX_SNAPSHOT_BYTES = 512 * 1024;
const BY_REGION = { segmentBy: 'metadata.region', segments: { top: 2, reviewRows: 100, referenceRows: 100 } };

// Those that stand for all: windows that slide and tumble, feedback with and without predictions, references of their own.
for (const name of ['latency', 'class-distribution', 'data-drift', 'performance', 'concept-drift'])
  for (const definition of builtInMonitors.filter((one) => one.name === name))
    monitorContract(segmented(definition, monitorSubject().manifest), [BY_REGION], 3 * MAX_SNAPSHOT_BYTES);

for (const definition of builtInMonitors.filter(({ name }) => name === 'detections'))
  monitorContract(
    segmented(definition, detectorSubject().manifest),
    [BY_REGION],
    3 * MAX_SNAPSHOT_BYTES,
    'pictures',
  );

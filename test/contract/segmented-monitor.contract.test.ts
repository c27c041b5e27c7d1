// Every built-in monitor that can be repeated by segment holds to the plugin contract in that form too.
import { describe, expect, it } from 'vitest';
import { builtInMonitors } from '../../src/monitors/built-in.js';
import type { MonitorDefinition } from '../../src/monitors/monitor.js';
import { segmented } from '../../src/monitors/segments/segmented.js';
import { trafficOf } from '../support/model-traffic/traffic-of.js';
import { heldOn, holdTo, watchedTasks } from './monitor.contract.js';
import { create, feed } from './monitor/law.js';
import { endOf, ORDINARY_BATCHES } from './monitor/ordinary.js';
import { expectVerdict } from './monitor/sound.js';

/** The whole and two segments, of which each may be as large as one monitor. */
const MAX_SNAPSHOT_BYTES = 3 * 512 * 1024;
const BY_REGION = { segmentBy: 'metadata.region', segments: { top: 2, reviewRows: 100, referenceRows: 100 } };
/** It compares with a calibration, and no segment has one of its own. */
const WITHOUT_VERDICT = ['estimated-performance'];
/** Small, so that segments have whole windows too; a rate is watched over time alone. */
const windowOf = ({ name }: MonitorDefinition) =>
  name === 'throughput' ? { window: { seconds: 30 } } : { window: { count: 100 } };

for (const definition of builtInMonitors.filter(({ inputs }) => inputs.join() !== 'resource'))
  for (const task of watchedTasks(definition)) {
    const repeated = segmented(definition, trafficOf(task).subject.manifest);
    const settings = { ...BY_REGION, ...windowOf(definition) };
    const held = heldOn(repeated, task, settings, MAX_SNAPSHOT_BYTES);
    describe(`monitor ${definition.name} of ${task} by segment`, () => {
      holdTo(held);
      it('measures a segment and comes to a verdict on it', () => {
        const monitor = create(held);
        const events = held.traffic.ordinary(ORDINARY_BATCHES);
        feed(held, monitor, events);
        const { measurements, findings, window } = monitor.evaluate(endOf(events));
        const own = measurements.filter(({ labels }) => labels['segment'] === 'north');
        const judged = findings.filter(({ key }) => key.startsWith('segment=north/'));
        if (WITHOUT_VERDICT.includes(definition.name)) expect(own.length).toBeGreaterThan(0);
        else expectVerdict({ measurements: own, findings: judged, window });
      });
    });
  }

it('is asked of every built-in monitor but the one of resources, which have no segments', () => {
  const refused = builtInMonitors.filter((definition) => {
    const [task = 'system'] = watchedTasks(definition);
    const { settings } = segmented(definition, trafficOf(task).subject.manifest);
    return !settings.safeParse(BY_REGION).success;
  });
  expect(refused.map(({ name }) => name)).toEqual(['resources']);
});

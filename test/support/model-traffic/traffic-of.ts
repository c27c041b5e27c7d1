// Finds the traffic of a task.
import type { MonitorEvent, WatchedTask } from '../../../src/monitors/monitor.js';
import type { ModelTraffic } from './model-traffic.js';
import { pictureTraffic } from './picture-traffic.js';
import { systemTraffic } from './system-traffic.js';
import { tableTraffic } from './table-traffic.js';

const TRAFFIC = {
  classification: () => tableTraffic('classification'),
  regression: () => tableTraffic('regression'),
  detection: pictureTraffic,
  system: systemTraffic,
} satisfies Record<WatchedTask, () => ModelTraffic>;

const drawn = new Map<WatchedTask, ModelTraffic>();

/** The traffic of a model of that task; drawn once for all that ask, since nobody may change an event. */
export function trafficOf(task: WatchedTask): ModelTraffic {
  const known = drawn.get(task) ?? drawnOnce(TRAFFIC[task]());
  drawn.set(task, known);
  return known;
}

function drawnOnce(traffic: ModelTraffic): ModelTraffic {
  const ordinary = new Map<number, readonly MonitorEvent[]>();
  let shift: ReturnType<ModelTraffic['shift']> | undefined;
  let crowd: readonly MonitorEvent[] | undefined;
  return {
    ...traffic,
    ordinary: (batches) => {
      const events = ordinary.get(batches) ?? traffic.ordinary(batches);
      ordinary.set(batches, events);
      return events;
    },
    shift: () => (shift ??= traffic.shift()),
    crowd: () => (crowd ??= traffic.crowd()),
  };
}

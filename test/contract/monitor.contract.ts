// What every monitor plugin must hold to, Vigie's own or another's: run this suite against its definition.
import { describe, expect, it } from 'vitest';
import type { MonitorDefinition, WatchedTask } from '../../src/monitors/monitor.js';
import { trafficOf } from '../support/model-traffic/traffic-of.js';
import type { Held, Law } from './monitor/law.js';
import { bearsHostileInput } from './monitor/laws/bears-hostile-input.law.js';
import { bearsOddEvents } from './monitor/laws/bears-odd-events.law.js';
import { beginsEmpty } from './monitor/laws/begins-empty.law.js';
import { dependsOnEvents } from './monitor/laws/depends-on-events.law.js';
import { judgesOrdinary } from './monitor/laws/judges-ordinary.law.js';
import { merges } from './monitor/laws/merges.law.js';
import { refusesForeignState } from './monitor/laws/refuses-foreign-state.law.js';
import { staysBounded } from './monitor/laws/stays-bounded.law.js';
import { survivesRestarts } from './monitor/laws/survives-restarts.law.js';
import { tellsShift } from './monitor/laws/tells-shift.law.js';

const MAX_SNAPSHOT_BYTES = 512 * 1024;

/** All but those of hostile input, of which each kind of traffic has its own. */
const LAWS: readonly Law[] = [
  ...[beginsEmpty, judgesOrdinary, survivesRestarts, dependsOnEvents, merges, refusesForeignState],
  ...[bearsOddEvents, staysBounded, tellsShift],
];

type Settings = Readonly<Record<string, unknown>>;

/**
 * Declares the suite for one definition, on the traffic of every task it watches, with its default settings and with any others
 * it should hold under.
 */
export function monitorContract(definition: MonitorDefinition, variants: readonly Settings[] = []): void {
  describe(`monitor ${definition.name}: its settings`, () => {
    it('all have defaults, and an unknown one is refused', () => {
      expect(definition.settings.safeParse({}).success).toBe(true);
      expect(definition.settings.safeParse({ noSuchSetting: 1 }).success).toBe(false);
    });
    it('are of a monitor that watches something the suite has traffic of', () => {
      expect(watchedTasks(definition)).not.toEqual([]);
    });
  });
  for (const task of watchedTasks(definition))
    for (const variant of [{}, ...variants]) {
      const held = heldOn(definition, task, variant);
      const laws = [...LAWS, ...bearsHostileInput(held)];
      describe(`monitor ${definition.name} of ${task} with ${JSON.stringify(variant)}`, () => {
        holdTo(held, laws);
      });
    }
}

/** What a definition with these settings is held to the contract with, on the traffic of one task. */
export function heldOn(
  definition: MonitorDefinition,
  task: WatchedTask,
  settings: Settings,
  maxSnapshotBytes = MAX_SNAPSHOT_BYTES,
): Held {
  return {
    definition,
    settings: definition.settings.parse(settings),
    traffic: trafficOf(task),
    maxSnapshotBytes,
  };
}

/** Declares a test for each law that concerns the monitor. */
export function holdTo(held: Held, laws: readonly Law[] = LAWS): void {
  for (const { says, check, concerns } of laws)
    if (concerns?.(held) !== false)
      it(says, () => {
        check(held);
      });
}

/** Those of its tasks of which the model of the suite has a feature that it watches. */
export function watchedTasks({ tasks, featureTypes }: MonitorDefinition): readonly WatchedTask[] {
  return tasks.filter((task) => {
    const { features } = trafficOf(task).subject.manifest;
    return featureTypes === undefined || features.some(({ type }) => featureTypes.includes(type));
  });
}

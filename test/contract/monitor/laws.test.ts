// The suite catches monitors that break a law: each of these is a sound counting monitor but for one fault.
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineMonitor, type Monitor, type MonitorDefinition } from '../../../src/monitors/monitor.js';
import { trafficOf } from '../../support/model-traffic/traffic-of.js';
import type { Held, Law } from './law.js';
import { bearsHostileInput } from './laws/bears-hostile-input.law.js';
import { bearsOddEvents } from './laws/bears-odd-events.law.js';
import { beginsEmpty } from './laws/begins-empty.law.js';
import { dependsOnEvents } from './laws/depends-on-events.law.js';
import { judgesOrdinary } from './laws/judges-ordinary.law.js';
import { merges } from './laws/merges.law.js';
import { refusesForeignState } from './laws/refuses-foreign-state.law.js';
import { staysBounded } from './laws/stays-bounded.law.js';
import { survivesRestarts } from './laws/survives-restarts.law.js';
import { tellsShift } from './laws/tells-shift.law.js';
import { createFailureCount, countOf, type FailureCount } from './failure-count.js';

type Fault = (sound: FailureCount) => Partial<Monitor>;

/** The monitor with its fault, on the traffic of a classifier. */
function held(fault: Fault): Held {
  const settings = z.strictObject({});
  const definition: MonitorDefinition = defineMonitor({
    ...{ name: 'failures', title: 'Failures', summary: 'Share of rows that failed', settings },
    ...{ tasks: ['classification'], inputs: ['prediction', 'feedback'] },
    metrics: [{ name: 'failure_ratio', unit: 'ratio', help: 'Share of rows that failed', labels: [] }],
    create: () => {
      const sound = createFailureCount();
      return { ...sound.monitor, ...fault(sound) };
    },
  });
  const traffic = trafficOf('classification');
  // Copies, since one of them changes what it is given.
  const { odd, ordinary } = traffic;
  const own = {
    ...traffic,
    odd: structuredClone(odd),
    ordinary: (n: number) => structuredClone(ordinary(n)),
  };
  return { definition, settings: {}, traffic: own, maxSnapshotBytes: 10_000 };
}

function hostile(name: string): Law {
  return {
    says: name,
    check: (one) => {
      bearsHostileInput(one)
        .filter(({ says }) => says.includes(name))
        .forEach(({ check }) => {
          check(one);
        });
    },
  };
}

const HOSTILE = ['1e9', 'constant', 'never seen', 'all missing', 'NaN', 'another type', 'empty', 'failed']
  .concat(['stands still', 'backwards', 'ahead', 'without a time'])
  .map(hostile);

const LAWS = [
  ...[beginsEmpty, judgesOrdinary, survivesRestarts, dependsOnEvents, merges, refusesForeignState],
  ...[bearsOddEvents, staysBounded, tellsShift, ...HOSTILE],
];

describe('a sound monitor', () => {
  it.each(LAWS)('$says', ({ check }) => {
    check(held(() => ({})));
  });
});

const changesEvents: Fault = ({ monitor }) => ({
  update: (events) => {
    monitor.update(events);
    for (const event of events) if (event.kind === 'prediction') event.batch.requests.push({});
  },
});

const FAULTS: readonly (readonly [string, Law, Fault])[] = [
  ['loses what another counted when it is merged', merges, () => ({ merge: () => undefined })],
  [
    'forgets its own for what another counted',
    merges,
    ({ set }) => ({
      merge: (other) => {
        set(countOf(other.snapshot()));
      },
    }),
  ],
  [
    'weighs its own more, so that the order matters',
    merges,
    ({ count, set }) => ({
      merge: (other) => {
        const [own, theirs] = [count(), countOf(other.snapshot())];
        set({ rows: own.rows + theirs.rows, failed: 2 * own.failed + theirs.failed });
      },
    }),
  ],
  [
    'empties the other when it is merged',
    merges,
    ({ count, set }) => ({
      merge: (other) => {
        const [own, theirs] = [count(), countOf(other.snapshot())];
        set({ rows: own.rows + theirs.rows, failed: own.failed + theirs.failed });
        other.restore({ rows: 0, failed: 0 });
      },
    }),
  ],
  [
    'saves only a part',
    survivesRestarts,
    ({ count }) => ({ snapshot: () => ({ rows: count().rows, failed: 0 }) }),
  ],
  ['restores nothing', survivesRestarts, () => ({ restore: () => undefined })],
  ['takes up any state', refusesForeignState, () => ({ restore: () => undefined })],
  [
    'says 0 of 0 is a number',
    beginsEmpty,
    ({ monitor, count }) => ({
      evaluate: (now) => {
        const ratio = { name: 'failure_ratio', labels: {}, unit: 'ratio', n: count().rows };
        return {
          ...monitor.evaluate(now),
          measurements: [{ ...ratio, value: count().failed / count().rows }],
        };
      },
    }),
  ],
  [
    'measures what it does not declare',
    judgesOrdinary,
    ({ monitor }) => ({
      evaluate: (now) => ({
        ...monitor.evaluate(now),
        measurements: [{ name: 'other', labels: {}, unit: null, value: 1, n: 1 }],
      }),
    }),
  ],
  ['watches nothing', judgesOrdinary, () => ({ update: () => undefined })],
  ['watches nothing', survivesRestarts, () => ({ update: () => undefined })],
  ['watches nothing', dependsOnEvents, () => ({ update: () => undefined })],
  ['watches nothing', staysBounded, () => ({ update: () => undefined })],
  ['watches nothing', tellsShift, () => ({ update: () => undefined })],
  [
    'changes when it is asked',
    dependsOnEvents,
    ({ monitor, count, set }) => ({
      evaluate: (now) => {
        set({ ...count(), rows: count().rows + 1 });
        return monitor.evaluate(now);
      },
    }),
  ],
  ['changes an event', bearsOddEvents, changesEvents],
  ['changes an event', dependsOnEvents, changesEvents],
  [
    'throws on a row without outputs',
    bearsOddEvents,
    ({ monitor }) => ({
      update: (events) => {
        for (const event of events)
          if (event.kind === 'prediction' && event.batch.outputs.label === undefined) throw new Error('none');
        monitor.update(events);
      },
    }),
  ],
  [
    'keeps every label',
    staysBounded,
    ({ monitor }) => {
      const labels = new Set<unknown>();
      return {
        update: (events) => {
          monitor.update(events);
          for (const event of events)
            if (event.kind === 'prediction')
              for (const label of event.batch.outputs.label ?? []) labels.add(label);
        },
        snapshot: () => ({ ...countOf(monitor.snapshot()), labels: [...labels] }),
      };
    },
  ],
  [
    'is blind once a number was none',
    hostile('NaN'),
    ({ monitor, count, set }) => ({
      update: (events) => {
        monitor.update(events);
        for (const event of events)
          if (event.kind === 'prediction' && event.batch.features['load']?.some(Number.isNaN) === true)
            set({ rows: count().rows + 1e9, failed: count().failed });
      },
    }),
  ],
  [
    'throws when a clock goes backwards',
    hostile('backwards'),
    ({ monitor }) => {
      let last = 0;
      return {
        update: (events) => {
          for (const event of events)
            if (event.kind === 'prediction') {
              if (event.batch.at < last) throw new Error('time does not go back');
              last = event.batch.at;
            }
          monitor.update(events);
        },
      };
    },
  ],
  [
    'takes a mean of nothing',
    hostile('empty'),
    ({ monitor }) => {
      let lastRows = 1;
      return {
        update: (events) => {
          monitor.update(events);
          for (const event of events) if (event.kind === 'prediction') lastRows = event.batch.ids.length;
        },
        evaluate: (now) => {
          const evaluation = monitor.evaluate(now);
          return {
            ...evaluation,
            measurements: evaluation.measurements.map((one) => ({ ...one, value: 0 / lastRows })),
          };
        },
      };
    },
  ],
];

describe('a monitor that', () => {
  it.each(FAULTS)('%s is caught', (_, law, fault) => {
    expect(() => {
      law.check(held(fault));
    }).toThrow();
  });
});

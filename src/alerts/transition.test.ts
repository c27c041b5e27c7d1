// The life of an alert, told as stories: what is seen when, and what comes of it.
import { describe, expect, test } from 'vitest';
import { findingOf, startStory, type AlertStory } from '../../test/support/alert-story.js';
import type { Finding, FindingStatus } from '../events/monitor-report.js';
import type { AlertPolicy } from './policy.js';

const HOUR = 3_600_000;

type Line =
  | readonly [at: number, seen: FindingStatus | Finding, ...becomes: string[]]
  | readonly [at: number, seen: 'ack', becomes: string];

interface Case {
  readonly name: string;
  readonly policy?: Partial<AlertPolicy>;
  readonly lines: readonly Line[];
}

const below = (status: FindingStatus, value: number) => findingOf(status, { value, threshold: 0.7 });
const above = (status: FindingStatus, value: number) => findingOf(status, { value, threshold: 200 });
const quick: Partial<AlertPolicy> = { forMs: 0, keepFiringForMs: 0, cooldownMs: 0 };

const cases: Case[] = [
  {
    name: 'nothing bad makes no alert',
    lines: [
      [0, 'ok'],
      [5, 'no-data'],
      [9, 'insufficient-data'],
    ],
  },
  {
    name: 'a bad finding is pending for forMs, then fires and tells people once',
    lines: [
      [0, 'warning', 'none>pending'],
      [9_999, 'warning'],
      [10_000, 'warning', 'pending>firing!'],
      [15_000, 'warning'],
      [HOUR, 'warning'],
    ],
  },
  {
    name: 'a pending alert that turns ok goes quietly and leaves nothing',
    lines: [
      [0, 'critical', 'none>pending'],
      [5_000, 'ok', 'pending>resolved'],
      [6_000, 'critical', 'none>pending'],
    ],
  },
  {
    name: 'forMs 0 fires at once and still passes through pending',
    policy: { forMs: 0 },
    lines: [[0, 'warning', 'none>pending', 'pending>firing!']],
  },
  {
    name: 'a firing alert resolves after keepFiringForMs of ok in a row',
    policy: { forMs: 0 },
    lines: [
      [0, 'warning', 'none>pending', 'pending>firing!'],
      [10_000, 'ok'],
      [39_999, 'ok'],
      [39_999, 'warning'],
      [45_000, 'ok'],
      [74_999, 'ok'],
      [75_000, 'ok', 'firing>resolved!'],
    ],
  },
  {
    name: 'a value below its bound must come back above bound plus hysteresis',
    policy: quick,
    lines: [
      [0, below('warning', 0.6), 'none>pending', 'pending>firing!'],
      [1, below('ok', 0.71)],
      [2, below('ok', 0.7349)],
      [3, below('ok', 0.7351), 'firing>resolved!'],
    ],
  },
  {
    name: 'a value above its bound must come back below bound minus hysteresis',
    policy: quick,
    lines: [
      [0, above('critical', 900), 'none>pending', 'pending>firing!'],
      [1, above('ok', 199)],
      [2, above('ok', 190), 'firing>resolved!'],
    ],
  },
  {
    name: 'a value that rests inside the hysteresis band resolves after settleMs, so that no bound traps an alert',
    policy: { ...quick, settleMs: 60_000 },
    lines: [
      [0, findingOf('warning', { value: 0.9, threshold: 0.99 }), 'none>pending', 'pending>firing!'],
      [1_000, findingOf('ok', { value: 1, threshold: 0.99 })],
      [60_999, findingOf('ok', { value: 1, threshold: 0.99 })],
      [61_000, findingOf('ok', { value: 1, threshold: 0.99 }), 'firing>resolved!'],
    ],
  },
  {
    name: 'worsening tells, lessening does not, and hovering at the critical bound tells once',
    policy: { forMs: 0 },
    lines: [
      [0, 'warning', 'none>pending', 'pending>firing!'],
      [1, 'critical', 'firing>firing!'],
      [2, 'warning', 'firing>firing'],
      [3, 'critical', 'firing>firing'],
      [4, 'warning', 'firing>firing'],
    ],
  },
  {
    name: 'a firing alert is repeated every repeatMs while it is seen bad',
    policy: { forMs: 0 },
    lines: [
      [0, 'warning', 'none>pending', 'pending>firing!'],
      [4 * HOUR - 1, 'warning'],
      [4 * HOUR, 'warning', 'firing>firing!'],
      [4 * HOUR + 1, 'warning'],
      [9 * HOUR, 'no-data'],
      [9 * HOUR + 1, 'warning', 'firing>firing!'],
    ],
  },
  {
    name: 'an alert that flaps is not repeated until it has not fired so often for a while',
    policy: { ...quick, repeatMs: 1_000, flapCount: 1, flapWindowMs: 10_000 },
    lines: [
      [0, 'warning', 'none>pending', 'pending>firing!'],
      [100, 'ok', 'firing>resolved!'],
      [200, 'warning', 'none>pending', 'pending>firing!'],
      [1_200, 'warning'],
      [9_999, 'warning'],
      [10_000, 'warning', 'firing>firing!'],
    ],
  },
  {
    name: 'an alert that flaps and worsens is told of all the same',
    policy: { ...quick, flapCount: 1 },
    lines: [
      [0, 'warning', 'none>pending', 'pending>firing!'],
      [100, 'ok', 'firing>resolved!'],
      [200, 'warning', 'none>pending', 'pending>firing!'],
      [300, 'critical', 'firing>firing!'],
    ],
  },
  {
    name: 'an acknowledged alert is not repeated, and its end is told',
    policy: { forMs: 0, keepFiringForMs: 10 },
    lines: [
      [0, 'warning', 'none>pending', 'pending>firing!'],
      [1, 'ack', 'firing>acknowledged'],
      [2, 'ack', 'unchanged'],
      [9 * HOUR, 'warning'],
      [10 * HOUR, 'ok'],
      [10 * HOUR + 10, 'ok', 'acknowledged>resolved!'],
      [10 * HOUR + 11, 'ack', 'resolved'],
    ],
  },
  {
    name: 'an alert acknowledged as a warning fires again when it turns critical',
    policy: { forMs: 0 },
    lines: [
      [0, 'warning', 'none>pending', 'pending>firing!'],
      [1, 'ack', 'firing>acknowledged'],
      [2, 'critical', 'acknowledged>firing!'],
      [3, 'ack', 'firing>acknowledged'],
      [4, 'warning', 'acknowledged>acknowledged'],
      [5, 'critical', 'acknowledged>acknowledged'],
    ],
  },
  {
    name: 'a pending alert can be acknowledged and needs ok time, not bad time, to resolve',
    policy: { forMs: 60_000, keepFiringForMs: 10_000 },
    lines: [
      [0, 'warning', 'none>pending'],
      [50_000, 'warning'],
      [50_001, 'ack', 'pending>acknowledged'],
      [50_002, 'ok'],
      [60_001, 'ok'],
      [60_002, 'ok', 'acknowledged>resolved!'],
    ],
  },
  {
    name: 'within the cooldown a new episode fires quietly and is told when the cooldown is over',
    policy: { forMs: 0, keepFiringForMs: 0 },
    lines: [
      [0, 'warning', 'none>pending', 'pending>firing!'],
      [1_000, 'ok', 'firing>resolved!'],
      [20_000, 'warning', 'none>pending', 'pending>firing'],
      [60_999, 'critical', 'firing>firing'],
      [61_000, 'critical', 'firing>firing!'],
      [62_000, 'critical'],
    ],
  },
  {
    name: 'an episode that came and went within the cooldown is never told',
    policy: { forMs: 0, keepFiringForMs: 0 },
    lines: [
      [0, 'warning', 'none>pending', 'pending>firing!'],
      [1_000, 'ok', 'firing>resolved!'],
      [20_000, 'warning', 'none>pending', 'pending>firing'],
      [21_000, 'ok', 'firing>resolved'],
      [70_000, 'warning', 'none>pending', 'pending>firing!'],
    ],
  },
  {
    name: 'missing data keeps a firing alert, and its time does not count as ok',
    policy: { forMs: 0 },
    lines: [
      [0, 'warning', 'none>pending', 'pending>firing!'],
      [1_000, 'ok'],
      [11_000, 'ok'],
      [12_000, 'no-data'],
      [90_000, 'insufficient-data'],
      [100_000, 'ok'],
      [119_999, 'ok'],
      [120_000, 'ok', 'firing>resolved!'],
    ],
  },
  {
    name: 'missing data does not count towards firing',
    lines: [
      [0, 'warning', 'none>pending'],
      [5_000, 'no-data'],
      [60_000, 'warning'],
      [69_999, 'warning'],
      [70_000, 'warning', 'pending>firing!'],
    ],
  },
  {
    name: 'missing data resolves where the policy says so',
    policy: { ...quick, noData: 'ok' },
    lines: [
      [0, below('warning', 0.6), 'none>pending', 'pending>firing!'],
      [1, 'insufficient-data'],
      [2, 'no-data', 'firing>resolved!'],
    ],
  },
  {
    name: 'missing data alerts where the policy says so, and does not soften a critical alert',
    policy: { ...quick, noData: 'alert', insufficientData: 'alert' },
    lines: [
      [0, 'no-data', 'none>pending', 'pending>firing!'],
      [1, 'critical', 'firing>firing!'],
      [2, 'insufficient-data'],
      [3, 'ok', 'firing>resolved!'],
    ],
  },
  {
    name: 'a clock that goes back counts as standing still',
    lines: [
      [100_000, 'warning', 'none>pending'],
      [50_000, 'warning'],
      [109_999, 'warning'],
      [0, 'warning'],
      [110_000, 'warning', 'pending>firing!'],
      [5, 'ok'],
      [130_000, 'ok'],
      [140_000, 'ok', 'firing>resolved!'],
    ],
  },
];

describe('an alert', () => {
  test.each(cases)('$name', ({ policy, lines }) => {
    const story = startStory(policy);
    const told = lines.map((line) => [line[0], ...play(story, line)]);
    expect(told).toEqual(lines.map(([at, , ...becomes]) => [at, ...becomes]));
  });

  test('says what was wrong, when it began, fired and ended, and keeps its id through one episode', () => {
    const story = startStory({ keepFiringForMs: 0 });
    story.see(1_000, below('warning', 0.6));
    story.see(11_000, below('critical', 0.5));
    story.see(20_000, below('ok', 0.9));
    const ids = new Set(story.transitions.map(({ alert }) => alert.id));
    expect(ids.size).toBe(1);
    expect(story.transitions.map(({ value }) => value)).toEqual([0.6, 0.5, 0.9]);
    expect(story.transitions.at(-1)?.alert).toMatchObject({
      state: 'resolved',
      severity: 'critical',
      value: 0.5,
      threshold: 0.7,
      summary: 'it is critical',
      startedAt: 1_000,
      firedAt: 11_000,
      resolvedAt: 20_000,
    });
  });

  test('leaves nothing behind once its cooldown is over', () => {
    const story = startStory({ forMs: 0, keepFiringForMs: 0, flapCount: 0 });
    story.see(0, 'warning');
    story.see(0, 'ok');
    story.see(59_999, 'no-data');
    expect(story.record()?.alert.state).toBe('resolved');
    story.see(60_000, 'no-data');
    expect(story.record()).toBeUndefined();
  });

  test('is remembered for as long as it may be found to flap', () => {
    const story = startStory({ forMs: 0, keepFiringForMs: 0, flapWindowMs: 100_000 });
    story.see(0, 'warning');
    story.see(0, 'ok');
    story.see(99_999, 'ok');
    expect(story.record()?.firedTimes).toEqual([0]);
    story.see(100_000, 'ok');
    expect(story.record()).toBeUndefined();
  });

  test('is the very same record when a finding changes nothing', () => {
    const story = startStory({ forMs: 0 });
    story.see(0, 'warning');
    const before = story.record();
    story.see(5_000, 'warning');
    story.see(6_000, 'no-data');
    expect(story.record()).toBe(before);
  });

  test('comes later in its history when it fires again, though the clock of who acknowledged was ahead', () => {
    const story = startStory({ forMs: 0 });
    story.see(0, findingOf('warning'));
    story.acknowledge(5000);
    story.see(1000, findingOf('critical'));
    story.see(2000, findingOf('warning'));
    const times = story.transitions.slice(-3).map(({ to, at }) => [to, at]);
    expect(times).toEqual([
      ['acknowledged', 5000],
      ['firing', 5001],
      ['firing', 5002],
    ]);
  });

  test('forgets who acknowledged it when it fires again', () => {
    const story = startStory({ forMs: 0 });
    story.see(0, 'warning');
    story.acknowledge(1, 'ann');
    expect(story.record()?.alert.acknowledgedBy).toBe('ann');
    story.see(2, 'critical');
    expect(story.record()?.alert.acknowledgedBy).toBeNull();
  });
});

function play(story: AlertStory, [at, seen]: Line): string[] {
  return seen === 'ack' ? [story.acknowledge(at)] : story.see(at, seen);
}

// What holds for every history of findings, acknowledgements and clocks, however odd.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findingOf, startStory, type AlertStory } from '../../test/support/alert-story.js';
import type { AlertState, AlertTransition } from '../events/alert-transition.js';
import { parseAlertRecord } from './alert-record.js';
import type { AlertPolicy } from './policy.js';

const duration = fc.constantFrom(0, 1_000, 10_000, 60_000);
const policies: fc.Arbitrary<Partial<AlertPolicy>> = fc.record({
  forMs: duration,
  keepFiringForMs: duration,
  settleMs: duration,
  cooldownMs: duration,
  hysteresis: fc.constantFrom(0, 0.05, 0.5),
  repeatMs: fc.constantFrom(5_000, 100_000),
  noData: fc.constantFrom('keep', 'ok', 'alert'),
  insufficientData: fc.constantFrom('keep', 'ok', 'alert'),
});
// Negative zero is left out: JSON writes it as zero.
const numberOrNull = fc.option(
  fc.double({ min: -2, max: 2, noNaN: true }).map((x) => x + 0),
  { nil: null },
);
const events = fc.array(
  fc.record({
    // Mostly forward, sometimes standing still or going back.
    stepMs: fc.oneof(
      { weight: 8, arbitrary: fc.integer({ min: 0, max: 20_000 }) },
      fc.integer({ min: -50_000, max: 0 }),
    ),
    seen: fc.constantFrom(
      'ok',
      'ok',
      'warning',
      'critical',
      'no-data',
      'insufficient-data',
      'acknowledge' as const,
    ),
    value: numberOrNull,
    threshold: numberOrNull,
  }),
  { maxLength: 120 },
);
const forwardOnly = events.map((history) =>
  history.map((event) => ({ ...event, stepMs: Math.max(0, event.stepMs) })),
);
type Event = (typeof events extends fc.Arbitrary<(infer E)[]> ? E : never) & object;

function play(policy: Partial<AlertPolicy>, history: readonly Event[]): AlertStory {
  const story = startStory(policy);
  let now = 1_000_000;
  for (const { stepMs, seen, value, threshold } of history) {
    now += stepMs;
    if (seen === 'acknowledge') story.acknowledge(now);
    else story.see(now, findingOf(seen, { value, threshold }));
    const record = story.record();
    // What is kept survives the way through Redis.
    if (record !== undefined) expect(parseAlertRecord(JSON.stringify(record))).toEqual(record);
  }
  return story;
}

const LEGAL: Readonly<Record<AlertState | 'none', readonly AlertState[]>> = {
  none: ['pending'],
  pending: ['firing', 'acknowledged', 'resolved'],
  firing: ['firing', 'acknowledged', 'resolved'],
  acknowledged: ['acknowledged', 'firing', 'resolved'],
  resolved: [],
};

test('every episode walks legal states without a gap, begins once and ends at most once', () => {
  holds((_, transitions) => {
    const open = new Map<string, AlertState>();
    for (const { from, to, alert } of transitions) {
      expect(from).toBe(open.get(alert.id) ?? null);
      expect(LEGAL[from ?? 'none']).toContain(to);
      expect(alert.state).toBe(to);
      expect(alert.resolvedAt !== null).toBe(to === 'resolved');
      open.set(alert.id, to);
    }
    const unresolved = [...open.values()].filter((state) => state !== 'resolved');
    expect(unresolved.length).toBeLessThanOrEqual(1);
  });
});

test('people are told the same thing twice only after repeatMs, and never of an end whose beginning they missed', () => {
  holds(({ repeatMs = 0 }, transitions) => {
    let last: AlertTransition | undefined;
    const known = new Set<string>();
    for (const next of transitions) {
      if (next.to === 'acknowledged') known.add(next.alert.id);
      if (!next.notify) {
        if (next.to === 'acknowledged' && next.from !== 'acknowledged') last = undefined;
        continue;
      }
      expect(['firing', 'resolved']).toContain(next.to);
      const isSame =
        last?.alert.id === next.alert.id &&
        last.to === next.to &&
        last.alert.severity === next.alert.severity;
      if (last !== undefined && isSame) expect(next.at - last.at).toBeGreaterThanOrEqual(repeatMs);
      if (next.to === 'resolved') expect(known).toContain(next.alert.id);
      known.add(next.alert.id);
      last = next;
    }
  });
});

// Only with a clock that goes forward: an identity that was forgotten no longer knows the time before.
test('after "resolved" was told, no new episode is told within the cooldown unless a person had acknowledged it', () => {
  holds(({ cooldownMs = 0 }, transitions) => {
    let resolvedAt = Number.NEGATIVE_INFINITY;
    let acknowledged = false;
    for (const { from, to, at, notify } of transitions) {
      if (from === null) acknowledged = false;
      if (to === 'acknowledged') acknowledged = true;
      if (notify && to === 'firing' && !acknowledged)
        expect(at - resolvedAt).toBeGreaterThanOrEqual(cooldownMs);
      if (notify && to === 'resolved') resolvedAt = at;
    }
  }, forwardOnly);
});

test('time never goes back within one episode, whatever the clock does', () => {
  holds((_, transitions, story) => {
    // An identity that was forgotten starts again at the clock of the day, so each episode is looked at alone.
    for (const id of new Set(transitions.map(({ alert }) => alert.id))) {
      const times = transitions.filter(({ alert }) => alert.id === id).map(({ at }) => at);
      expect(times).toEqual(times.toSorted((a, b) => a - b));
    }
    expect(story.record()?.timer.ms ?? 0).toBeGreaterThanOrEqual(0);
  });
});

test('a replay of the same history gives the same transitions and the same record', () => {
  fc.assert(
    fc.property(policies, events, (policy, history) => {
      const first = play(policy, history);
      const second = play(policy, history);
      expect(second.transitions).toEqual(first.transitions);
      expect(second.record()).toEqual(first.record());
    }),
  );
});

function holds(
  check: (policy: Partial<AlertPolicy>, transitions: readonly AlertTransition[], story: AlertStory) => void,
  histories = events,
): void {
  fc.assert(
    fc.property(policies, histories, (policy, history) => {
      const story = play(policy, history);
      check(policy, story.transitions, story);
    }),
    { numRuns: 300 },
  );
}

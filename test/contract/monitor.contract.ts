// What every monitor plugin must hold to, Vigie's own or another's: run this suite against its definition.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { measurementSchema, findingSchema, type Measurement } from '../../src/events/monitor-report.js';
import type { Evaluation, Monitor, MonitorDefinition, MonitorEvent } from '../../src/monitors/monitor.js';
import { contractEvents, usualSource, type EventSource } from '../support/contract-events.js';
import { plantedShift } from '../support/planted-shift.js';

const MAX_SNAPSHOT_BYTES = 512 * 1024;
const MAX_SERIES = 200;
const START = 1_700_000_000_000;
const SILENCE_MS = 600_000;

/**
 * Declares the suite for one definition, with its default settings and with any others it should hold under, on events of what
 * it watches, or of `source` where that is several things.
 */
export function monitorContract(
  definition: MonitorDefinition,
  variants: readonly Readonly<Record<string, unknown>>[] = [],
  maxSnapshotBytes = MAX_SNAPSHOT_BYTES,
  source: EventSource = usualSource(definition),
): void {
  describe(`monitor ${definition.name}: its settings`, () => {
    it('all have defaults, and an unknown one is refused', () => {
      expect(definition.settings.safeParse({}).success).toBe(true);
      expect(definition.settings.safeParse({ noSuchSetting: 1 }).success).toBe(false);
    });
  });
  for (const variant of [{}, ...variants])
    describe(`monitor ${definition.name} of ${source} with ${JSON.stringify(variant)}`, () => {
      declare(definition, variant, maxSnapshotBytes, source);
    });
}

function declare(
  definition: MonitorDefinition,
  variant: Readonly<Record<string, unknown>>,
  maxSnapshotBytes: number,
  source: EventSource,
): void {
  const settings = definition.settings.parse(variant);
  const { subjects, ordinary, odd, crowd } = contractEvents(source);
  const create = (): Monitor => definition.create(settings, subjects[0]);
  const feed = (monitor: Monitor, events: readonly MonitorEvent[], chunk = 10) => {
    for (let i = 0; i < events.length; i += chunk) monitor.update(events.slice(i, i + chunk));
  };

  const whole = (events: readonly MonitorEvent[]) => {
    const monitor = create();
    feed(monitor, events);
    return monitor;
  };

  it('says no-data, and no number that is none, before anything came', () => {
    for (const monitor of subjects.map((subject) => definition.create(settings, subject))) {
      const evaluation = monitor.evaluate(START);
      expectSound(definition, evaluation);
      expect(evaluation.window).toEqual({ from: null, to: null, n: 0 });
      expect(new Set(evaluation.findings.map((f) => f.status))).toEqual(new Set(['no-data']));
    }
  });

  it('answers sound values under declared names on ordinary traffic', () => {
    const monitor = create();
    feed(monitor, ordinary(400));
    const evaluation = monitor.evaluate(START + 20_000);
    expectSound(definition, evaluation);
    expect(evaluation.measurements.length).toBeGreaterThan(0);
    expect(evaluation.measurements.length).toBeLessThanOrEqual(MAX_SERIES);
  });

  it('continues from a snapshot, at whatever moment, as if it had never stopped', () => {
    const events = ordinary(300);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: events.length }), (cut) => {
        const uncut = whole(events);
        const first = create();
        feed(first, events.slice(0, cut));
        first.evaluate(START + cut);
        const second = create();
        second.restore(JSON.parse(JSON.stringify(first.snapshot())));
        feed(second, events.slice(cut));
        expect(second.evaluate(START + 30_000)).toEqual(uncut.evaluate(START + 30_000));
        expect(JSON.stringify(second.snapshot())).toBe(JSON.stringify(uncut.snapshot()));
      }),
      { numRuns: 25 },
    );
  });

  it('finds nothing bad in ordinary traffic, however often it is asked, and something when all goes wrong', () => {
    const { subject, ordinary: quiet, wrong, timeOf } = plantedShift(source);
    const monitor = definition.create(settings, subject);
    const badIn = (events: readonly MonitorEvent[]) => {
      const bad = new Set<string>();
      for (const [i, event] of events.entries()) {
        monitor.update([event]);
        if (i % 20 !== 19) continue;
        for (const { key, status } of monitor.evaluate(timeOf(event)).findings)
          if (status === 'warning' || status === 'critical') bad.add(key);
      }
      return [...bad];
    };
    expect(badIn(quiet)).toEqual([]);
    const found = badIn(wrong);
    const last = Math.max(...wrong.map(timeOf));
    // Silence, which is what a monitor of traffic waits for, comes after the last event.
    const later = monitor.evaluate(last + SILENCE_MS).findings.map(({ status }) => status);
    expect(found.length > 0 || later.includes('warning') || later.includes('critical')).toBe(true);
  });

  if (create().merge !== undefined)
    it('sees in two parts, merged in either order, what it sees in the whole', () => {
      const events = ordinary(300);
      const parts = (own: 0 | 1) => {
        const monitor = create();
        feed(
          monitor,
          events.filter((_, i) => i % 2 === own),
        );
        return monitor;
      };
      const [there, back] = [parts(0), parts(1)];
      there.merge?.(parts(1));
      back.merge?.(parts(0));
      const expected = whole(events).evaluate(START + 20_000);
      expect(there.evaluate(START + 20_000)).toEqual(expected);
      expect(back.evaluate(START + 20_000)).toEqual(expected);
    });

  it('refuses a state that is not its own', () => {
    for (const state of [null, 7, 'state', [], { nothing: 'of its own' }])
      expect(() => create().restore(state), JSON.stringify(state)).toThrow();
  });

  it('depends on the events and the time alone: not on how they were cut, nor on evaluations between', () => {
    const events = ordinary(200);
    const [one, other] = [create(), create()];
    feed(one, events, 1);
    for (let i = 0; i < events.length; i += 50) {
      other.update(events.slice(i, i + 50));
      other.evaluate(START + i);
    }
    const expected = one.evaluate(START + 20_000);
    expect(other.evaluate(START + 20_000)).toEqual(expected);
    expect(one.evaluate(START + 20_000)).toEqual(expected);
  });

  it('bears odd events and failed rows, and leaves every event as it was', () => {
    const monitor = create();
    for (const event of odd) {
      const before = JSON.stringify(event);
      monitor.update([event]);
      expectSound(definition, monitor.evaluate(START + 1000));
      expect(JSON.stringify(event)).toBe(before);
    }
    const next = create();
    next.restore(JSON.parse(JSON.stringify(monitor.snapshot())));
    expect(next.evaluate(START + 1000)).toEqual(monitor.evaluate(START + 1000));
  });

  it('bears feedback, asked for or not', () => {
    const monitor = create();
    monitor.update([feedback()]);
    expectSound(definition, monitor.evaluate(START));
  });

  it('keeps a bounded state, however much comes and whatever labels it carries', () => {
    const monitor = create();
    for (const event of crowd()) monitor.update([event]);
    expect(JSON.stringify(monitor.snapshot()).length).toBeLessThan(maxSnapshotBytes);
    const evaluation = monitor.evaluate(START + 500 * 997);
    expectSound(definition, evaluation);
    expect(evaluation.measurements.length).toBeLessThanOrEqual(MAX_SERIES);
  });
}

function expectSound(definition: MonitorDefinition, evaluation: Evaluation): void {
  for (const measurement of evaluation.measurements) {
    measurementSchema.parse(measurement);
    const metric = definition.metrics.find(({ name }) => name === measurement.name);
    expect(metric, measurement.name).toBeDefined();
    const optional = (metric?.optionalLabels ?? []).filter((label) => label in measurement.labels);
    expect(Object.keys(measurement.labels).sort()).toEqual([...(metric?.labels ?? []), ...optional].sort());
    expect(measurement.unit).toBe(metric?.unit);
  }
  const series = evaluation.measurements.map(seriesOf);
  expect(new Set(series).size).toBe(series.length);
  for (const finding of evaluation.findings) findingSchema.parse(finding);
  const keys = evaluation.findings.map(({ key }) => key);
  expect(new Set(keys).size).toBe(keys.length);
}

function seriesOf({ name, labels }: Measurement): string {
  return JSON.stringify([name, Object.entries(labels).sort()]);
}

function feedback(): MonitorEvent {
  const item = { id: 'f1', predictionId: 'p1', version: 1, predictedAt: START };
  const truths = { predicted: { label: 'off' }, truth: { label: 'on' } };
  return {
    kind: 'feedback',
    batch: { v: 1, model: 'valve', receivedAt: START, items: [{ ...item, ...truths }] },
  };
}

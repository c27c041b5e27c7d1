// When a change of class shares is found, and that chance, small windows and missing references are not.
import { describe, expect, it } from 'vitest';
import { monitorSubject, predictionBatch, seededRandom } from '../../../test/support/monitor-batches.js';
import type { Monitor } from '../monitor.js';
import { classDistributionMonitor } from './class-distribution.monitor.js';

const REFERENCE = { off: 600, on: 400 };

function createMonitor(labels?: Readonly<Record<string, number>>): Monitor {
  const subject = labels === undefined ? monitorSubject() : monitorSubject({ labels });
  return classDistributionMonitor.create(classDistributionMonitor.settings.parse({}), subject);
}

function feed(monitor: Monitor, counts: Readonly<Record<string, number>>): void {
  const rows = Object.entries(counts).flatMap(([label, n]) => Array.from({ length: n }, () => ({ label })));
  monitor.update([{ kind: 'prediction', batch: predictionBatch(1000, rows) }]);
}

function findingOf(counts: Readonly<Record<string, number>>, labels?: Readonly<Record<string, number>>) {
  const monitor = createMonitor(labels);
  feed(monitor, counts);
  return monitor.evaluate(1000).findings[0];
}

describe('class distribution', () => {
  it('measures the share of every class of the model, and of what is none of them together', () => {
    const monitor = createMonitor();
    feed(monitor, { off: 3 });
    expect(shares(monitor)).toEqual({ off: 1, on: 0 });
    feed(monitor, { stuck: 2, jammed: 1 });
    expect(shares(monitor)).toEqual({ off: 0.5, on: 0, '(other)': 0.5 });
  });

  it('finds nothing while the shares are those of the reference', () => {
    expect(findingOf({ off: 300, on: 200 }, REFERENCE)).toMatchObject({ key: 'distribution', status: 'ok' });
  });

  it('warns when the shares changed, beyond chance and enough to matter, and says which class', () => {
    const finding = findingOf({ off: 200, on: 300 }, REFERENCE);
    expect(finding).toMatchObject({ status: 'warning', threshold: 0.1, n: 500 });
    expect(finding?.effect).toBeGreaterThan(0.1);
    expect(finding?.pValue).toBeLessThan(1e-6);
    expect(finding?.summary).toContain('"off" was 60.0%, is 40.0%');
    expect(findingOf({ on: 500 }, REFERENCE)?.status).toBe('critical');
  });

  it('finds a class the reference never saw', () => {
    expect(findingOf({ off: 300, on: 200, stuck: 100 }, REFERENCE)).toMatchObject({ status: 'critical' });
  });

  it.each([
    ['large but within chance', { off: 14, on: 16 }, 'ok'],
    ['of too few predictions', { on: 29 }, 'insufficient-data'],
  ])('finds nothing in a difference %s', (_, counts, status) => {
    expect(findingOf(counts, REFERENCE)?.status).toBe(status);
  });

  it('finds nothing in a difference beyond chance that is too small to matter', () => {
    const finding = findingOf({ off: 520, on: 480 }, REFERENCE);
    expect(finding?.status).toBe('ok');
    expect(finding?.pValue).toBeLessThan(0.001);
    expect(finding?.effect).toBeLessThan(0.1);
  });

  it('says that it has nothing to compare with when the version has no reference', () => {
    expect(findingOf({ off: 50 })).toMatchObject({ status: 'no-data', n: 50, value: null });
  });

  it('agrees when model and reference know one class alone', () => {
    expect(findingOf({ off: 50 }, { off: 100 })).toMatchObject({ status: 'ok', pValue: 1, effect: 0 });
  });

  it('stays quiet over stable traffic, judged again and again while the window fills', () => {
    const random = seededRandom(11);
    let alarms = 0;
    for (let run = 0; run < 200; run += 1) {
      const monitor = createMonitor(REFERENCE);
      let raised = false;
      for (let step = 0; step < 60; step += 1) {
        const rows = Array.from({ length: 10 }, () => ({ label: random() < 0.6 ? 'off' : 'on' }));
        monitor.update([{ kind: 'prediction', batch: predictionBatch(1000, rows) }]);
        raised ||= monitor.evaluate(1000).findings[0]?.status === 'warning';
      }
      if (raised) alarms += 1;
    }
    expect(alarms).toBeLessThanOrEqual(4);
  });

  it('refuses the state of a model with other classes', () => {
    const state = { classes: ['a', 'b', '(other)'], rows: { at: [[1, 1]], columns: [[0]] } };
    expect(() => createMonitor().restore(state)).toThrow('other classes');
  });
});

function shares(monitor: Monitor): Record<string, number> {
  const { measurements } = monitor.evaluate(1000);
  return Object.fromEntries(measurements.map(({ labels, value }) => [labels['class'] ?? '', value]));
}

// Measurements appear on /metrics under declared names and vanish with their series.
import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import type { MonitorReport } from '../events/monitor-report.js';
import { builtInMonitors } from './built-in.js';
import { createMeasurementGauges } from './measurement-gauges.js';
import type { MonitorDefinition } from './monitor.js';

function reportOf(shares: Readonly<Record<string, number>>, status: 'ok' | 'critical' = 'ok'): MonitorReport {
  return {
    v: 1,
    model: 'valve',
    version: 2,
    monitor: 'class-distribution',
    at: 0,
    window: { from: null, to: null, n: 0 },
    measurements: Object.entries(shares).map(([name, value]) => {
      return { name: 'class_share', labels: { class: name }, unit: 'ratio', value, n: 1 };
    }),
    findings: [
      {
        key: 'distribution',
        status,
        value: 0,
        threshold: 0,
        effect: null,
        pValue: null,
        n: 1,
        summary: '',
        detail: {},
      },
    ],
    settings: {},
    health: { status: 'ok', errors: 0, lastError: null, lagSeconds: 0 },
  };
}

describe('measurement gauges', () => {
  it('show measurements and findings with model and version, the latest evaluation alone', async () => {
    const registry = new Registry();
    const gauges = createMeasurementGauges(registry, builtInMonitors);
    gauges.set(reportOf({ off: 0.6, on: 0.4 }));
    gauges.set(reportOf({ on: 1 }, 'critical'));
    const text = await registry.metrics();
    expect(text).toContain('vigie_monitor_class_share{class="on",model="valve",version="2"} 1\n');
    expect(text).not.toContain('class="off"');
    expect(text).toContain(
      'vigie_monitor_finding_status{model="valve",version="2",monitor="class-distribution",key="distribution"} 2\n',
    );
  });

  it('remove what they show of a model, and themselves at the end', async () => {
    const registry = new Registry();
    const gauges = createMeasurementGauges(registry, builtInMonitors);
    gauges.set(reportOf({ on: 1 }));
    gauges.remove('valve');
    expect(await registry.metrics()).not.toContain('valve');
    gauges.stop();
    expect(registry.getMetricsAsArray()).toEqual([]);
  });

  it.each([
    ['a name another monitor emits', { name: 'class_share', labels: [] }, 'is taken'],
    ["a name of Vigie's own", { name: 'finding_status', labels: [] }, 'is taken'],
    ["a label of Vigie's own", { name: 'weight', labels: ['model'] }, 'is added by Vigie'],
  ])('refuse %s and leave the registry alone', (_, metric, reason) => {
    const registry = new Registry();
    const [first] = builtInMonitors;
    if (first === undefined) throw new Error('there are built-in monitors');
    const odd: MonitorDefinition = {
      ...first,
      name: 'odd',
      metrics: [{ unit: null, help: 'Odd', ...metric }],
    };
    expect(() => createMeasurementGauges(registry, [...builtInMonitors, odd])).toThrow(`monitor "odd"`);
    expect(() => createMeasurementGauges(registry, [...builtInMonitors, odd])).toThrow(reason);
    expect(registry.getMetricsAsArray()).toEqual([]);
  });
});

// Puts the monitors' measurements and findings on /metrics, as gauges that vanish with the series they show.
import { Gauge, type Registry } from 'prom-client';
import type { FindingStatus, MonitorReport } from '../events/monitor-report.js';
import type { MonitorDefinition } from './monitor.js';

const PREFIX = 'vigie_monitor_';
const RESERVED_LABELS = ['model', 'version'];
/** Carried by the series of segments alone. */
const SEGMENT_LABEL = 'segment';
const STATUS_VALUES: Readonly<Record<FindingStatus, number>> = {
  'no-data': -1,
  'insufficient-data': -1,
  ok: 0,
  warning: 1,
  critical: 2,
};

/** The monitors' part of /metrics. */
export interface MeasurementGauges {
  /** Shows one evaluation; series the same monitor of the model showed before and not any more are removed. */
  set(report: MonitorReport): void;
  /** Removes everything shown of a model. */
  remove(model: string): void;
  /** Takes the gauges themselves off the registry. */
  stop(): void;
}

/**
 * Registers `vigie_monitor_<name>` for every metric of the definitions, and `vigie_monitor_finding_status`. Throws when
 * two monitors emit the same name, or one takes a name or label that is Vigie's own.
 */
export function createMeasurementGauges(
  registry: Registry,
  definitions: readonly MonitorDefinition[],
): MeasurementGauges {
  const gauges = new Map<string, Gauge>();
  const add = (name: string, help: string, labels: readonly string[], owner: string) => {
    const full = PREFIX + name;
    if (gauges.has(full) || registry.getSingleMetric(full) !== undefined)
      throw new Error(`monitor "${owner}": the metric name "${name}" is taken`);
    const reserved = labels.find((label) => RESERVED_LABELS.includes(label));
    if (reserved !== undefined)
      throw new Error(`monitor "${owner}": the label "${reserved}" of "${name}" is added by Vigie`);
    const gauge = new Gauge({
      name: full,
      help,
      labelNames: [...new Set([...RESERVED_LABELS, SEGMENT_LABEL, ...labels])],
      registers: [],
    });
    gauges.set(full, gauge);
  };
  add(
    'finding_status',
    '2 critical, 1 warning, 0 ok, -1 too little data to say',
    ['monitor', 'key'],
    'vigie',
  );
  for (const definition of definitions)
    for (const metric of definition.metrics) add(metric.name, metric.help, metric.labels, definition.name);
  // Only when all of them can be: a refused plugin must leave the registry as it was.
  for (const gauge of gauges.values()) registry.registerMetric(gauge);

  const shown = new Map<string, Map<string, Sample[]>>();
  return {
    set: (report) => {
      const monitors = shown.get(report.model) ?? new Map<string, Sample[]>();
      shown.set(report.model, monitors);
      for (const { name, labels } of monitors.get(report.monitor) ?? []) gauges.get(name)?.remove(labels);
      const samples = samplesOf(report);
      for (const { name, labels, value } of samples) gauges.get(name)?.set(labels, value);
      monitors.set(report.monitor, samples);
    },
    remove: (model) => {
      for (const { name, labels } of [...(shown.get(model)?.values() ?? [])].flat())
        gauges.get(name)?.remove(labels);
      shown.delete(model);
    },
    stop: () => {
      for (const name of gauges.keys()) registry.removeSingleMetric(name);
    },
  };
}

interface Sample {
  readonly name: string;
  readonly labels: Record<string, string>;
  readonly value: number;
}

function samplesOf({ model, version, monitor, measurements, findings }: MonitorReport): Sample[] {
  const own = { model, version: String(version ?? '') };
  return [
    ...measurements.map(({ name, labels, value }) => ({
      name: PREFIX + name,
      labels: { ...labels, ...own },
      value,
    })),
    ...findings.map(({ key, status }) => ({
      name: `${PREFIX}finding_status`,
      labels: { ...own, monitor, key },
      value: STATUS_VALUES[status],
    })),
  ];
}

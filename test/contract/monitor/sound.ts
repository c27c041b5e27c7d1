// What can be said of a sound evaluation whatever the monitor, and of one that is not empty.
import { expect } from 'vitest';
import { findingSchema, measurementSchema, type Measurement } from '../../../src/events/monitor-report.js';
import type { Evaluation, Finding, MonitorDefinition } from '../../../src/monitors/monitor.js';

const MAX_SERIES = 200;

/** Well formed, finite, under declared names and labels, no series and no key twice, at most 200 series. */
export function expectSound(definition: MonitorDefinition, evaluation: Evaluation): void {
  const { measurements, findings } = evaluation;
  for (const measurement of measurements) {
    measurementSchema.parse(measurement);
    const metric = definition.metrics.find(({ name }) => name === measurement.name);
    expect(metric, measurement.name).toBeDefined();
    const optional = (metric?.optionalLabels ?? []).filter((label) => label in measurement.labels);
    expect(Object.keys(measurement.labels).sort()).toEqual([...(metric?.labels ?? []), ...optional].sort());
    expect(measurement.unit).toBe(metric?.unit);
  }
  expect(measurements.length).toBeLessThanOrEqual(MAX_SERIES);
  const series = measurements.map(seriesOf);
  expect(new Set(series).size).toBe(series.length);
  for (const finding of findings) {
    findingSchema.parse(finding);
    // JSON would make null of what is no number, and nothing of what is undefined.
    expect(JSON.parse(JSON.stringify(finding.detail)), `the detail of ${finding.key}`).toEqual(
      finding.detail,
    );
  }
  const keys = findings.map(({ key }) => key);
  expect(new Set(keys).size).toBe(keys.length);
}

/** It measured something and came to a verdict, so that what is checked with it is checked of a monitor that watches. */
export function expectVerdict({ measurements, findings }: Evaluation): void {
  expect(measurements.length, 'measurements').toBeGreaterThan(0);
  expect(findings.filter(isVerdict).length, 'findings with a verdict').toBeGreaterThan(0);
}

function isVerdict({ status }: Finding): boolean {
  return status !== 'no-data' && status !== 'insufficient-data';
}

/** Whether it asks for somebody. */
export function isBad({ status }: Finding): boolean {
  return status === 'warning' || status === 'critical';
}

function seriesOf({ name, labels }: Measurement): string {
  return JSON.stringify([name, Object.entries(labels).sort()]);
}

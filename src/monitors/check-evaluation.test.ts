// Only sound, declared and bounded results pass; the rest is dropped and named.
import { describe, expect, it } from 'vitest';
import { checkEvaluation } from './check-evaluation.js';
import type { Finding, Measurement, MonitorMetric } from './monitor.js';

const METRICS: MonitorMetric[] = [
  { name: 'size', unit: null, help: 'Size', labels: [] },
  { name: 'share', unit: 'ratio', help: 'Share', labels: ['class'] },
];
const size: Measurement = { name: 'size', labels: {}, unit: null, value: 1, n: 3 };
const share = (value: string): Measurement => ({ ...size, name: 'share', labels: { class: value } });
const finding: Finding = {
  key: 'any',
  status: 'ok',
  value: 1,
  threshold: null,
  effect: null,
  pValue: null,
  n: 3,
  summary: 'fine',
  detail: {},
};
const window = { from: null, to: null, n: 0 };
const check = (measurements: unknown[], findings: unknown[] = []) =>
  checkEvaluation({ measurements, findings, window }, METRICS);

describe('the check of an evaluation', () => {
  it('passes what is sound', () => {
    const evaluation = { measurements: [size, share('a'), share('b')], findings: [finding], window };
    expect(checkEvaluation(evaluation, METRICS)).toEqual({ evaluation, problems: [] });
  });

  it('passes a series with an optional label or without it, and no other label', () => {
    const metrics = METRICS.map((metric) => ({ ...metric, optionalLabels: ['segment'] }));
    const series = (labels: Record<string, string>) => ({ ...share('a'), labels });
    const measurements = [
      series({ class: 'a' }),
      series({ class: 'a', segment: 'north' }),
      series({ segment: 'north' }),
      series({ class: 'a', other: 'b' }),
    ];
    const { evaluation, problems } = checkEvaluation({ measurements, findings: [], window }, metrics);
    expect(evaluation.measurements).toEqual(measurements.slice(0, 2));
    expect(problems).toHaveLength(2);
  });

  it.each([undefined, null, 7, {}, { measurements: [], findings: 'none' }])(
    'refuses %j altogether',
    (value) => {
      const { evaluation, problems } = checkEvaluation(value, METRICS);
      expect(evaluation).toEqual({ measurements: [], findings: [], window });
      expect(problems).toHaveLength(1);
    },
  );

  it.each([
    ['a value that is no number', { ...size, value: Number.NaN }],
    ['an infinite value', { ...size, value: Infinity }],
    ['a negative count', { ...size, n: -1 }],
    ['an undeclared name', { ...size, name: 'weight' }],
    ['an undeclared label', { ...size, labels: { id: '7' } }],
    ['a missing label', { ...size, name: 'share' }],
    ['an endless label', share('x'.repeat(129))],
    ['the same series again', size],
  ])('drops %s and keeps the others', (_, measurement) => {
    const { evaluation, problems } = check([size, measurement]);
    expect(evaluation.measurements).toEqual([size]);
    expect(problems).toHaveLength(1);
  });

  it('lets no more than 200 series through', () => {
    const { evaluation, problems } = check(Array.from({ length: 250 }, (_, i) => share(`class-${i}`)));
    expect(evaluation.measurements).toHaveLength(200);
    expect(problems).toHaveLength(50);
  });

  it.each([
    ['a status that is none', { ...finding, key: 'b', status: 'fine' }],
    ['a value that is no number', { ...finding, key: 'b', value: Number.NaN }],
    ['an empty key', { ...finding, key: '' }],
    ['a key that was there already', finding],
    ['a detail that is not JSON', { ...finding, key: 'b', detail: { big: 7n } }],
    ['a detail without end', { ...finding, key: 'b', detail: { text: 'x'.repeat(70_000) } }],
  ])('drops a finding with %s', (_, odd) => {
    const { evaluation, problems } = check([], [finding, odd]);
    expect(evaluation.findings).toEqual([finding]);
    expect(problems).toHaveLength(1);
  });

  it('names fields at fault without their values', () => {
    const { problems } = check([{ ...size, value: 'somebody' }]);
    expect(problems).toEqual(['returned a measurement that is none (value)']);
  });

  it('replaces a window that is none', () => {
    const { evaluation, problems } = checkEvaluation(
      { measurements: [], findings: [], window: { n: 'x' } },
      METRICS,
    );
    expect(evaluation.window).toEqual(window);
    expect(problems).toHaveLength(1);
  });
});

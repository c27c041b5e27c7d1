// Checks what a plugin's evaluation returned before anyone else sees it: sound numbers, declared names, bounded labels.
import { z } from 'zod';
import {
  findingSchema,
  measurementSchema,
  type Finding,
  type Measurement,
} from '../events/monitor-report.js';
import type { Evaluation, EvaluationWindow, MonitorMetric } from './monitor.js';

const MAX_SERIES = 200;
const MAX_FINDINGS = 200;
const MAX_LABEL_LENGTH = 128;
const MAX_KEY_LENGTH = 200;
const MAX_SUMMARY_LENGTH = 500;
const MAX_DETAIL_LENGTH = 64 * 1024;

const NO_WINDOW: EvaluationWindow = { from: null, to: null, n: 0 };

const evaluationShape = z.object({
  measurements: z.array(z.unknown()),
  findings: z.array(z.unknown()),
  window: z.unknown(),
});
const windowShape = z.object({
  from: z.number().nullable(),
  to: z.number().nullable(),
  n: z.int().nonnegative(),
});

/** The sound part of an evaluation, and a sentence for everything that was dropped from it. */
export interface CheckedEvaluation {
  readonly evaluation: Evaluation;
  readonly problems: readonly string[];
}

/** Keeps what is well formed and declared in `metrics`; never throws, whatever `value` is. */
export function checkEvaluation(value: unknown, metrics: readonly MonitorMetric[]): CheckedEvaluation {
  const shape = evaluationShape.safeParse(value);
  if (!shape.success)
    return {
      evaluation: { measurements: [], findings: [], window: NO_WINDOW },
      problems: ['returned no evaluation: measurements, findings and window'],
    };
  const problems: string[] = [];
  const measurements = checkMeasurements(shape.data.measurements, metrics, problems);
  const findings = checkFindings(shape.data.findings, problems);
  const window = windowShape.safeParse(shape.data.window);
  if (!window.success) problems.push('returned a window that is none');
  return { evaluation: { measurements, findings, window: window.data ?? NO_WINDOW }, problems };
}

/** One string for one series, whatever the order of its labels. */
function seriesOf({ name, labels }: Pick<Measurement, 'name' | 'labels'>): string {
  return JSON.stringify([name, Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))]);
}

function checkMeasurements(
  values: readonly unknown[],
  metrics: readonly MonitorMetric[],
  problems: string[],
): Measurement[] {
  const declared = new Map(metrics.map((metric) => [metric.name, metric]));
  const kept = new Map<string, Measurement>();
  for (const value of values) {
    const parsed = measurementSchema.safeParse(value);
    if (!parsed.success) {
      problems.push(`returned a measurement that is none (${fieldsAtFault(parsed.error)})`);
      continue;
    }
    const { name, labels } = parsed.data;
    const series = seriesOf(parsed.data);
    const metric = declared.get(name);
    if (metric === undefined) problems.push(`measured "${shorten(name, 64)}", which it does not declare`);
    else if (!hasLabelsOf(metric, Object.keys(labels)))
      problems.push(`measured "${name}" with other labels than declared`);
    else if (Object.values(labels).some((label) => label.length > MAX_LABEL_LENGTH))
      problems.push(`measured "${name}" with a label longer than ${MAX_LABEL_LENGTH}`);
    else if (kept.has(series)) problems.push(`measured the same series of "${name}" twice`);
    else if (kept.size >= MAX_SERIES) problems.push(`measured more than ${MAX_SERIES} series`);
    else kept.set(series, parsed.data);
  }
  return [...kept.values()];
}

function hasLabelsOf({ labels, optionalLabels = [] }: MonitorMetric, names: readonly string[]): boolean {
  const ordinary = names.filter((name) => labels.includes(name) || !optionalLabels.includes(name));
  return ordinary.sort().join() === [...labels].sort().join();
}

function checkFindings(values: readonly unknown[], problems: string[]): Finding[] {
  const kept = new Map<string, Finding>();
  for (const value of values) {
    const parsed = findingSchema.safeParse(value);
    if (!parsed.success) {
      problems.push(`returned a finding that is none (${fieldsAtFault(parsed.error)})`);
      continue;
    }
    const { key, summary, detail } = parsed.data;
    if (key.length === 0 || key.length > MAX_KEY_LENGTH) problems.push('returned a finding with an odd key');
    else if (kept.has(key)) problems.push('returned two findings with the same key');
    else if (kept.size >= MAX_FINDINGS) problems.push(`returned more than ${MAX_FINDINGS} findings`);
    else if (!isSmallJson(detail))
      problems.push('returned a finding whose detail is not JSON or is too large');
    else kept.set(key, { ...parsed.data, summary: shorten(summary, MAX_SUMMARY_LENGTH) });
  }
  return [...kept.values()];
}

function isSmallJson(detail: unknown): boolean {
  try {
    return JSON.stringify(detail).length <= MAX_DETAIL_LENGTH;
  } catch {
    return false;
  }
}

/** Names of fields alone: a value might be somebody's data. */
function fieldsAtFault(error: z.ZodError): string {
  return [...new Set(error.issues.map((issue) => issue.path.map(String).join('.') || 'all of it'))].join(
    ', ',
  );
}

function shorten(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}

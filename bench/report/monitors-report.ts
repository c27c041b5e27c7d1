// Prints what the monitors of a model cost, all together and one by one, and whether they keep to their budget.
import type { MonitorsResult } from '../scenarios/monitors.js';
import type { Findings, Target } from './report.js';
import { figure, formatTable } from './table.js';
import { change, mebibytes } from './units.js';

export function formatMonitors(results: readonly MonitorsResult[]): string {
  return results.map(formatOne).join('\n\n');
}

function formatOne({ subject, pinned, monitors, wide, tests, ...result }: MonitorsResult): string {
  const { predictions, labels, features, perSecond, decodePerSecond, evaluationMs, memoryBytes } = result;
  const { warm, end } = memoryBytes;
  const table = formatTable(
    [
      `monitors of ${subject}`,
      'us/prediction',
      'evaluation ms',
      'snapshot B',
      `${wide.features}: us`,
      'ms',
      'B',
    ],
    monitors.map(({ monitor, updateUs, evaluateMs, stateBytes }) => {
      const many = wide.monitors.find((one) => one.monitor === monitor);
      const ofMany = [many?.updateUs, many?.evaluateMs, many?.stateBytes].map(figure);
      return [monitor, figure(updateUs), figure(evaluateMs), figure(stateBytes), ...ofMany];
    }),
  );
  const lines = [
    `${figure(predictions)} predictions of ${features} features, ${figure(labels)} labelled, on ${pinned ? 'one core' : 'any core'}`,
    `${figure(perSecond)} predictions/s through update; reading them from a stream: ${figure(decodePerSecond)}/s`,
    `an evaluation of all: ${figure(evaluationMs.median)} ms, at most ${figure(evaluationMs.most)}`,
    `heap and buffers after warm-up ${mebibytes(warm)}, at the end ${mebibytes(end)} (${change(end / warm - 1)})`,
    `${wide.features} features: an evaluation ${figure(wide.evaluationMs.median)} ms, at most ${figure(wide.evaluationMs.most)}; a batch at most ${figure(wide.longestUpdateMs)} ms`,
  ];
  const times = tests.map(({ test, oursMs, scipyMs }) => {
    return `${test} of 100,000 values beside 100,000: ${figure(oursMs)} ms, scipy ${figure(scipyMs)} ms`;
  });
  return [table, ...lines, ...times].join('\n');
}

/** Monitors that keep something for each feature; the others keep windows of rows, whatever the features. */
const BY_FEATURE = ['data-drift', 'data-quality', 'outlier'];

export function monitorTargets({ monitors }: Findings): Target[] {
  return monitors.flatMap(
    ({ subject, features, perSecond, evaluationMs, memoryBytes, monitors: all, wide }) => {
      const perFeature = all
        .filter(({ monitor }) => BY_FEATURE.includes(monitor))
        .reduce((sum, { stateBytes }) => sum + stateBytes / features, 0);
      return [
        {
          target: 'monitors, one core: >= 100,000 predictions/s',
          value: perSecond,
          unit: '/s',
          least: 100_000,
        },
        { target: 'monitors: state <= 8 KB per feature', value: perFeature / 1024, unit: ' KB', most: 8 },
        { target: 'monitors: an evaluation <= 5 ms', value: evaluationMs.median, unit: ' ms', most: 5 },
        {
          target: 'monitors: memory grows by 5 % at most after warm-up',
          value: (memoryBytes.end / memoryBytes.warm - 1) * 100,
          unit: ' %',
          most: 5,
        },
        {
          target: `monitors, ${wide.features} features: an evaluation <= 250 ms`,
          value: wide.evaluationMs.most,
          unit: ' ms',
          most: 250,
        },
      ].map((target) => ({ ...target, subject }));
    },
  );
}

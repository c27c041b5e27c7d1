// What comes to a table model that no monitor may be hurt or blinded by.
import type { FeedbackBatch, PredictionBatch } from '../../../src/monitors/monitor.js';
import { hostileClocks, hostileInput } from './hostile-input.js';
import type { HostileInput } from './model-traffic.js';

type Cell = PredictionBatch['features'][string][number];
type Item = FeedbackBatch['items'][number];

/** By name. */
export function hostileTables(): HostileInput[] {
  return [
    hostileInput('a value of 1e9 in each batch', {
      prediction: (batch) => ({
        ...cells(batch, (cell, _, row) => (row === 0 && typeof cell === 'number' ? 1e9 : cell)),
        outputs: {
          ...batch.outputs,
          ...(batch.outputs.value && { value: batch.outputs.value.map((x, row) => (row === 0 ? 1e9 : x)) }),
        },
        receivedAt: batch.receivedAt.map((at, row) => (row === 0 ? at - 1e9 : at)),
        timings: {
          ...batch.timings,
          queueMs: batch.timings.queueMs.map((ms, row) => (row === 0 ? 1e9 : ms)),
        },
      }),
      feedback: items((item, row) => (row === 0 ? { ...item, truth: withValue(item.truth, 1e9) } : item)),
    }),
    hostileInput('columns that are constant', {
      prediction: (batch) => ({
        ...cells(batch, (_, name) => CONSTANT[name] ?? null),
        outputs: {
          ...batch.outputs,
          ...(batch.outputs.label && { label: batch.outputs.label.map(() => 'off') }),
          ...numbers(batch.outputs, (_, kind) => (kind === 'value' ? 20 : 0.75)),
        },
      }),
      feedback: items(({ predicted, truth, ...item }) => ({
        ...item,
        ...{ predicted: withValue(predicted, 20), truth: withValue(truth, 20) },
      })),
    }),
    hostileInput('categories and classes never seen', {
      prediction: (batch, i) => ({
        ...cells(batch, (cell, _, row) => (typeof cell === 'string' ? `new ${i % 5}.${row}` : cell)),
        outputs: {
          ...batch.outputs,
          ...(batch.outputs.label && { label: batch.outputs.label.map((_, row) => `new ${row}`) }),
        },
      }),
      feedback: items((item, row) => ({
        ...item,
        truth: item.truth.label === undefined || row > 0 ? item.truth : { label: `true ${row}` },
      })),
    }),
    hostileInput('all missing', {
      prediction: (batch) => ({
        ...cells(batch, () => null),
        outputs: {
          label: batch.ids.map(() => null),
          confidence: batch.ids.map(() => null),
          value: batch.ids.map(() => null),
        },
      }),
      feedback: items((item) => ({ ...item, predicted: {}, truth: {} })),
    }),
    hostileInput('NaN and Infinity', {
      prediction: (batch, i) => ({
        ...cells(batch, (cell) => (typeof cell === 'number' ? (NO_NUMBERS[i % 3] ?? null) : cell)),
        outputs: numbers(batch.outputs, (_, _kind, i) => NO_NUMBERS[i % 3] ?? null),
        receivedAt: batch.receivedAt.map((_, row) => NO_NUMBERS[row % 3] ?? 0),
        timings: { queueMs: batch.timings.queueMs.map(() => Number.NaN), computeMs: Infinity },
      }),
      feedback: items((item, row) => ({
        ...item,
        predictedAt: NO_NUMBERS[row % 3] ?? 0,
        truth: withValue(item.truth, NO_NUMBERS[(row + 1) % 3] ?? 0),
      })),
    }),
    hostileInput('cells of another type', {
      prediction: (batch) => cells(batch, (cell) => (typeof cell === 'number' ? 'text' : 17)),
      feedback: items((item) => ({
        ...item,
        truth: item.truth.label === undefined ? { label: 'on' } : { value: 7 },
      })),
    }),
    hostileInput('empty batches', {
      prediction: (batch) => ({
        ...cells(batch, () => null),
        ...{ ids: [], receivedAt: [], requests: [], features: {}, outputs: {}, errors: [] },
        timings: { queueMs: [], computeMs: 0 },
      }),
      feedback: (batch) => ({ ...batch, items: [] }),
    }),
    hostileInput('batches of which every row failed', {
      prediction: (batch) => ({
        ...batch,
        errors: batch.ids.map(() => ({ code: 'INFERENCE_FAILED', message: 'no' })),
        outputs: { label: batch.ids.map(() => null), value: batch.ids.map(() => null) },
      }),
    }),
    ...hostileClocks(),
  ];
}

const CONSTANT: Readonly<Record<string, Cell>> = {
  ...{ load: 1, level: 0, floor: 2, open: true, room: 'office', note: 'same' },
};
const NO_NUMBERS = [Number.NaN, Infinity, -Infinity];

function cells(
  batch: PredictionBatch,
  change: (cell: Cell, name: string, row: number) => Cell,
): PredictionBatch {
  const features = Object.entries(batch.features).map(
    ([name, column]) => [name, column.map((cell, row) => change(cell, name, row))] as const,
  );
  return { ...batch, features: Object.fromEntries(features) };
}

/** The numbers of answers that are there: values, and probabilities with confidences. */
function numbers(
  outputs: PredictionBatch['outputs'],
  change: (x: number | null, kind: 'value' | 'probability', i: number) => number | null,
): PredictionBatch['outputs'] {
  const { value, confidence, probabilities } = outputs;
  const probability = (x: number | null, i: number) => change(x, 'probability', i);
  return {
    ...outputs,
    ...(value && { value: value.map((x, i) => change(x, 'value', i)) }),
    ...(confidence && { confidence: confidence.map(probability) }),
    ...(probabilities && {
      probabilities: { ...probabilities, values: probabilities.values.map((p, i) => probability(p, i) ?? 0) },
    }),
  };
}

function items(change: (item: Item, row: number) => Item): (batch: FeedbackBatch) => FeedbackBatch {
  return (batch) => ({ ...batch, items: batch.items.map(change) });
}

function withValue<Side extends { readonly value?: number | undefined }>(side: Side, value: number): Side {
  return side.value === undefined ? side : { ...side, value };
}

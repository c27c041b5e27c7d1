// Executed batches as a worker would have appended them, in as much time as they would have come in.
import { randomBytes, randomUUID } from 'node:crypto';
import type { PredictionBatch } from '../../src/events/prediction-batch.js';
import { drawRows } from '../models/bench-model.js';
import { bestOf, type OnnxModel } from './onnx-models.js';

const DIFFERENT_BATCHES = 50;
/** Predictions a second that the times of the batches tell of. */
const PER_SECOND = 20_000;

/** `count` batches of `size` rows; the last one was executed at `endsAt` (epoch ms). */
export async function createReplayBatches(model: OnnxModel, size: number, count: number, endsAt: number) {
  const { features, name } = model.manifest;
  const ranges = features.map(({ name, min = 0, max = 1 }) => ({ name, min, max }));
  const templates = await Promise.all(
    Array.from({ length: DIFFERENT_BATCHES }, (_, i) =>
      answer(model, drawRows({ features: ranges }, size, i)),
    ),
  );
  const msEach = (size * 1000) / PER_SECOND;
  return (index: number): PredictionBatch => {
    const at = Math.round(endsAt - (count - 1 - index) * msEach);
    const each = <T>(make: () => T): T[] => Array.from({ length: size }, make);
    const template = templates[index % templates.length];
    if (template === undefined) throw new RangeError('there is no batch');
    return {
      v: 1,
      batchId: randomUUID(),
      model: name,
      version: model.version,
      at,
      ids: each(() => idAt(at - 5)),
      receivedAt: each(() => at - 5),
      requests: each(() => ({ traceId: randomUUID() })),
      ...template,
      errors: each(() => null),
      timings: { queueMs: each(() => 2), computeMs: 1 },
    };
  };
}

async function answer(model: OnnxModel, rows: readonly Record<string, number>[]) {
  const { features, classes } = model.manifest;
  const names = features.map(({ name }) => name);
  const tensor = Float32Array.from(rows.flatMap((row) => names.map((name) => row[name] ?? NaN)));
  const probabilities = await model.run(tensor, rows.length);
  const best = rows.map((_, i) => bestOf(classes, probabilities, i));
  const columns = names.map((name): [string, number[]] => [name, rows.map((row) => row[name] ?? NaN)]);
  return {
    features: Object.fromEntries(columns),
    outputs: {
      label: best.map(({ label }) => label),
      confidence: best.map(({ confidence }) => confidence),
      probabilities: { classes: [...classes], values: Array.from(probabilities) },
    },
  };
}

/** A uuid of version 7 (RFC 9562) made at this moment: the store finds a prediction's day by it. */
function idAt(ms: number): string {
  const time = ms.toString(16).padStart(12, '0');
  const random = randomBytes(9).toString('hex');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(0, 3)}-8${random.slice(3, 6)}-${random.slice(6, 18)}`;
}

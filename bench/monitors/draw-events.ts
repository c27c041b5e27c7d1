// Predictions and feedback such as a model's reference would lead one to expect, drawn anew for every batch.
import type { Cell, PredictionBatch } from '../../src/events/prediction-batch.js';
import type { ColumnProfile } from '../../src/manifest/reference-profile.js';
import { createRandom } from '../../src/training/random.js';
import type { FeedbackBatch, MonitorSubject } from '../../src/monitors/monitor.js';

/** Predictions a second that the times of the batches tell of. */
const PER_SECOND = 20_000;
const RIGHT = 0.95;

/** Draws batches of `size` rows, one after the other in time from `from` (epoch ms) on, and labels for one. */
export function createEvents({ manifest, version, reference }: MonitorSubject, size: number, from: number) {
  if (reference === undefined) throw new Error(`${manifest.name} has no reference to draw from`);
  const generator = createRandom(7);
  const random = () => generator.uniform();
  const columns = manifest.features.map(({ name }) => ({
    name,
    draw: drawer(reference.features[name], random),
  }));
  const each = <T>(make: (row: number) => T): T[] => Array.from({ length: size }, (_, row) => make(row));
  let drawn = 0;

  const nextBatch = (): PredictionBatch => {
    const at = Math.round(from + (drawn * 1000) / PER_SECOND);
    drawn += size;
    const sure = each(() => 1 - random() * random() * 0.5);
    const best = each(() => Math.floor(random() * manifest.classes.length));
    const others = Math.max(1, manifest.classes.length - 1);
    return {
      v: 1,
      batchId: `batch-${drawn}`,
      model: manifest.name,
      version,
      at,
      ids: each((row) => `${drawn}-${row}`),
      receivedAt: each(() => at - 5),
      requests: each(() => ({})),
      features: Object.fromEntries(columns.map(({ name, draw }) => [name, each(draw)])),
      outputs: {
        label: best.map((i) => manifest.classes[i] ?? ''),
        confidence: sure,
        probabilities: {
          classes: [...manifest.classes],
          values: best.flatMap((i, row) =>
            manifest.classes.map((_, k) => (k === i ? (sure[row] ?? 1) : (1 - (sure[row] ?? 1)) / others)),
          ),
        },
      },
      errors: each(() => null),
      timings: { queueMs: each(() => 2), computeMs: 1 },
    };
  };
  const labelsOf = (batch: PredictionBatch): FeedbackBatch => ({
    v: 1,
    model: batch.model,
    receivedAt: batch.at,
    items: batch.ids.map((id, row) => {
      const label = batch.outputs.label?.[row] ?? '';
      const truth = random() < RIGHT ? label : (manifest.classes.find((name) => name !== label) ?? label);
      return {
        id: `f-${id}`,
        predictionId: id,
        version,
        predictedAt: batch.at,
        predicted: { label },
        truth: { label: truth },
      };
    }),
  });
  return { nextBatch, labelsOf };
}

function drawer(profile: ColumnProfile | undefined, random: () => number): () => Cell {
  if (profile === undefined) throw new Error('a feature has no reference');
  if (profile.kind === 'category') {
    const entries = Object.entries(profile.counts);
    return () => {
      let left = random() * profile.count;
      return entries.find(([, count]) => (left -= count) <= 0)?.[0] ?? entries[0]?.[0] ?? null;
    };
  }
  const { quantiles } = profile;
  return () => {
    const place = random() * (quantiles.length - 1);
    const [low = 0, high = low] = quantiles.slice(Math.floor(place), Math.floor(place) + 2);
    return low + (high - low) * (place % 1);
  };
}

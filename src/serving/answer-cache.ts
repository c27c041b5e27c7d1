// Answers of a deterministic model that were given before, by what was asked.
import { createHash } from 'node:crypto';
import type { Cell } from '../events/prediction-batch.js';
import type { PredictionRecord } from '../events/prediction-record.js';
import { createBoundedMap } from './bounded-map.js';

/** What a model said, without what belongs to one request. */
export type Answer = Pick<PredictionRecord, 'label' | 'value' | 'confidence' | 'probabilities'>;

export interface AnswerCache {
  /** The key of one checked row. */
  keyOf(features: Readonly<Record<string, Cell>>): string;
  find(key: string): Answer | undefined;
  /** Keeps what a completed prediction says; failures are not kept. */
  keep(key: string, record: PredictionRecord): void;
}

/**
 * The last `maxEntries` answers of one model version that were asked for, in this process. Two equal requests at once may
 * both run: an answer is known when the first has come back.
 */
export function createAnswerCache(
  { model, version, featureNames }: CachedVersion,
  maxEntries: number,
): AnswerCache {
  const answers = createBoundedMap<Answer>(maxEntries);
  return {
    keyOf(features) {
      // In the manifest's order, whatever the client's; -0 is a number of its own to a model, and JSON does not know it.
      const cells = featureNames.map((name) => (Object.is(features[name], -0) ? '-0' : features[name]));
      return createHash('sha256')
        .update(JSON.stringify([model, version, cells]))
        .digest('base64');
    },
    find: (key) => answers.use(key),
    keep(key, { status, label, value, confidence, probabilities }) {
      if (status === 'completed') answers.set(key, { label, value, confidence, probabilities });
    },
  };
}

export interface CachedVersion {
  readonly model: string;
  readonly version: number;
  readonly featureNames: readonly string[];
}

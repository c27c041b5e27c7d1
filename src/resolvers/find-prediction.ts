// One prediction by id, wherever it is known: the log, or the processes that have just made it.
import type { PredictionRecord } from '../events/prediction-record.js';
import type { StoredFeedback } from '../store/store.js';
import type { ApiFaces } from './faces.js';

/**
 * Answers undefined when nobody knows the id. While the log cannot be read, a recent prediction is still found;
 * any other then fails with the log's error.
 */
export async function findPrediction(
  { store, serving }: Pick<ApiFaces, 'store' | 'serving'>,
  id: string,
): Promise<(PredictionRecord & { readonly feedback?: StoredFeedback | null }) | undefined> {
  const [logged, recent] = await Promise.allSettled([store.predictions.find([id]), serving.recent(id)]);
  if (logged.status === 'fulfilled' && logged.value.has(id)) return logged.value.get(id);
  if (recent.status === 'fulfilled' && recent.value !== undefined) return recent.value;
  if (logged.status === 'rejected') throw logged.reason;
  if (recent.status === 'rejected') throw recent.reason;
  return undefined;
}

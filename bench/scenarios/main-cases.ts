// The cases of the main table.
import type { BenchModel } from '../models/bench-model.js';
import type { BenchModels } from '../models/write-models.js';
import { askBatch, askSingle } from '../subjects/questions.js';
import type { Subject } from '../subjects/subject.js';
import type { Peaks } from './peaks.js';
import type { Case } from './run-case.js';

/** The case whose costs are printed. */
export const COSTLY = 'single-iris-classifier-64';

const CONNECTIONS = [1, 16, 64, 256];
const LARGER_CONNECTIONS = [1, 64];
const BATCH_ROWS = 1000;
const BATCHES_IN_FLIGHT = [1, 4];
const OPEN_SHARES = [0.5, 0.8];
const OPEN_FIRST = 256;
const OPEN_CONNECTIONS = 1024;

/** Single `predict` on iris. */
export function singleCases({ iris }: BenchModels): Case[] {
  return CONNECTIONS.map((connections) => single('single', iris, connections));
}

/** Single `predict` on models that take longer than everything around them. */
export function modelCases({ mlp, cnn }: BenchModels): Case[] {
  return [mlp, cnn].flatMap((model) => LARGER_CONNECTIONS.map((c) => single('models', model, c)));
}

/** A thousand rows a request. */
export function batchCases({ iris }: BenchModels): Case[] {
  return BATCHES_IN_FLIGHT.map((inFlight) => ({
    scenario: 'batch',
    id: `batch-${inFlight}`,
    title: `predictBatch of ${BATCH_ROWS}, ${iris.title}, ${inFlight} in flight`,
    ask: (subject) => askBatch(subject, iris, BATCH_ROWS),
    pattern: () => ({ kind: 'closed', connections: inFlight }),
  }));
}

/** Requests at a constant rate, a share of what the subject reaches at most. */
export async function openCases(
  { iris }: BenchModels,
  subjects: readonly Subject[],
  peaks: Peaks,
): Promise<Case[]> {
  const peakOf = new Map<Subject, number>();
  for (const subject of subjects) peakOf.set(subject, await peaks.of(subject, iris));
  return OPEN_SHARES.map((share) => ({
    scenario: 'open',
    id: `open-${share}`,
    title: `predict, ${iris.title}, open loop at ${share * 100} % of the own peak`,
    ask: (subject) => askSingle(subject, iris),
    pattern: (subject) => ({
      kind: 'open',
      perSecond: (peakOf.get(subject) ?? 0) * share,
      openFirst: OPEN_FIRST,
      maxConnections: OPEN_CONNECTIONS,
    }),
  }));
}

function single(scenario: string, model: BenchModel, connections: number): Case {
  return {
    scenario,
    id: `${scenario}-${model.name}-${connections}`,
    title: `predict, ${model.title}, ${connections} ${connections === 1 ? 'connection' : 'connections'}`,
    ask: (subject) => askSingle(subject, model),
    pattern: () => ({ kind: 'closed', connections }),
  };
}

// The same questions in the two dialects: a GraphQL document over Apollo and Vigie, plain JSON for the limit.
import { drawRows, type BenchModel } from '../models/bench-model.js';
import type { Question, Subject } from './subject.js';

const PREDICT =
  'mutation Predict($input: PredictInput!) { predict(input: $input) { id label confidence probabilities { label probability } } }';
const PREDICT_BATCH =
  'mutation PredictBatch($input: PredictBatchInput!) { predictBatch(input: $input) { predictions { id label confidence } errors { index code message } } }';

// Different rows, so that nothing is answered from memory; few enough to be kept as bytes.
const SINGLE_BODIES = 256;
const BATCH_BODIES = 8;

/** One `predict` a request. */
export function askSingle({ kind, url }: Subject, model: BenchModel): Question {
  const rows = drawRows(model, SINGLE_BODIES, 7);
  if (kind === 'limit')
    return {
      url: `${url}/predict/${model.name}`,
      bodies: rows.map((row) => JSON.stringify(row)),
      rowsPerRequest: 1,
    };
  const bodies = rows.map((features) => graphql(PREDICT, { model: model.name, features }));
  return { url: `${url}/graphql`, bodies, rowsPerRequest: 1 };
}

/** One `predictBatch` of so many rows a request. */
export function askBatch({ kind, url }: Subject, model: BenchModel, size: number): Question {
  const batches = Array.from({ length: BATCH_BODIES }, (_, i) => drawRows(model, size, 100 + i));
  if (kind === 'limit') {
    const bodies = batches.map((instances) => JSON.stringify(instances));
    return { url: `${url}/predict-batch/${model.name}`, bodies, rowsPerRequest: size };
  }
  const bodies = batches.map((instances) => graphql(PREDICT_BATCH, { model: model.name, instances }));
  return { url: `${url}/graphql`, bodies, rowsPerRequest: size };
}

/** A query that needs no worker. */
export function askTrivial({ url }: Subject, query: string): Question {
  return { url: `${url}/graphql`, bodies: [JSON.stringify({ query })], rowsPerRequest: 1 };
}

function graphql(query: string, input: object): string {
  return JSON.stringify({ query, variables: { input } });
}

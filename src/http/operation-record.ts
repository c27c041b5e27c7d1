// One finished GraphQL operation as metrics see it: its root fields, how long it took and how each came out.
import type { Metrics } from '../metrics.js';
import { codeOf } from './graphql-errors.js';
import type { RootField } from './root-fields.js';

export interface FinishedOperation {
  /** Empty when the document was refused, so that no label comes from outside. */
  readonly fields: readonly RootField[];
  readonly errors: readonly { readonly path?: readonly (string | number)[] | undefined }[];
  readonly seconds: number;
}

/** Observes each root field with `ok` or the code of its first error. */
export function observeOperation(metrics: Metrics, { fields, errors, seconds }: FinishedOperation): void {
  if (fields.length === 0) {
    const [first] = errors;
    const outcome = first === undefined ? 'ok' : codeOf(first);
    metrics.graphqlFieldSeconds.observe({ operation: 'invalid', outcome }, seconds);
  }
  for (const { name, key } of fields) {
    const error = errors.find(({ path }) => path === undefined || path[0] === key);
    const outcome = error === undefined ? 'ok' : codeOf(error);
    metrics.graphqlFieldSeconds.observe({ operation: name, outcome }, seconds);
  }
}

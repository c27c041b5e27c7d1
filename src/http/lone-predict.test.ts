import { parse, type OperationDefinitionNode } from 'graphql';
import { expect, it } from 'vitest';
import { lonePredict } from './lone-predict.js';

const targetOf = (query: string, input: unknown) =>
  lonePredict(parse(query).definitions[0] as OperationDefinitionNode)({ x: input });
const PLAIN = 'mutation ($x: PredictInput!) { predict(input: $x) { id } }';

it('tells model and version of one plain prediction, and the key of its answer', () => {
  expect(targetOf(PLAIN, { model: 'iris' })).toEqual({ key: 'predict', model: 'iris', version: undefined });
  expect(targetOf(PLAIN, { model: 'iris', version: null, requestId: null })).toMatchObject({ model: 'iris' });
  const aliased = 'mutation ($x: PredictInput!) { mine: predict(input: $x) { id } }';
  expect(targetOf(aliased, { model: 'iris', version: 2 })).toEqual({
    key: 'mine',
    model: 'iris',
    version: 2,
  });
});

it.each([
  'query ($x: PredictInput!) { predict(input: $x) { id } }',
  'mutation ($x: PredictInput!) { predict(input: $x) { id } other: predict(input: $x) { id } }',
  'mutation ($x: PredictInput!) { submitPrediction(input: $x) { id } }',
  'mutation ($x: PredictInput!) { predict(input: $x) @skip(if: true) { id } }',
  'mutation { predict(input: { model: "iris" }) { id } }',
  'mutation ($x: PredictInput!) { ...f } fragment f on Mutation { predict(input: $x) { id } }',
])('tells nothing of %s', (query) => {
  expect(targetOf(query, { model: 'iris' })).toBeUndefined();
});

it.each([
  undefined,
  null,
  7,
  'iris',
  [],
  {},
  { model: 7 },
  { model: 'iris', version: '1' },
  { model: 'iris', requestId: 'r' },
])('tells nothing of the input %j', (input) => {
  expect(targetOf(PLAIN, input)).toBeUndefined();
});

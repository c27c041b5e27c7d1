// A compiled operation answers what GraphQL's own executor answers, and what it could not answer so is never compiled.
import {
  buildSchema,
  execute,
  type ExecutionResult,
  getIntrospectionQuery,
  getOperationAST,
  type GraphQLFieldResolver,
  GraphQLObjectType,
  type GraphQLSchema,
  parse,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../src/errors.js';
import { compileOperation } from '../../src/http/compile-operation.js';
import { toClientError } from '../../src/http/graphql-errors.js';
import { createPreparation } from '../../src/http/prepare-operation.js';
import { createApiSchema } from '../../src/resolvers/create-api-schema.js';
import { createLiveSubscriptions } from '../../src/resolvers/live-subscriptions.js';
import { createRooms, MODEL } from './http-door.js';

type Variables = Readonly<Record<string, unknown>>;
type Row = readonly [what: string, query: string, variables?: Variables];

const toCase = ([what, query, variables]: Row) => ({ what, query, variables });

const { faces } = createRooms();
const api = createApiSchema(faces);
const context = {
  traceId: 't',
  caller: 'me',
  client: '::1',
  receivedAt: 0,
  live: createLiveSubscriptions(faces),
};

const PREDICT = 'mutation ($input: PredictInput!) { predict(input: $input) { label } }';
const ALERTS = 'query ($filter: AlertFilter) { alerts(filter: $filter) { edges { cursor } } }';
const asked = (features: unknown, rest: object = {}) => ({ input: { model: MODEL, features, ...rest } });

const COMPILED: readonly Row[] = [
  [
    'every field of a prediction',
    `mutation ($input: PredictInput!) { predict(input: $input) { model version status label value confidence
      probabilities { label probability } detections { label } features warnings { code } createdAt
      timings { totalMs batchSize } feedback { label } error { code } } }`,
    asked({ sepal_length: 5.1 }),
  ],
  ['nulls in an input', PREDICT, asked({}, { version: null, metadata: null, requestId: null })],
  ['keys that are prototypes elsewhere', PREDICT, asked(JSON.parse('{"__proto__":{"a":1},"constructor":2}'))],
  [
    'a prototype key beside the fields',
    PREDICT,
    JSON.parse('{"input":{"__proto__":{"model":"x"},"features":{}}}'),
  ],
  [
    'a batch in which some fail',
    `mutation ($input: PredictBatchInput!) { predictBatch(input: $input) {
      predictions { label probabilities { probability } } errors { index code message issues { path } } } }`,
    { input: { model: MODEL, instances: [{ a: 1 }, { a: 'x' }, {}] } },
  ],
  ['an expected error', PREDICT, { input: { model: 'none', features: {} } }],
  ['an error with details', PREDICT, asked({ busy: 1 })],
  ['an error that is masked', PREDICT, asked({ boom: 1 })],
  ['aliases and types', '{ a: models { n: name __typename } b: models { __typename title } __typename }'],
  [
    'fragments in fragments',
    `{ models { ...A } } fragment A on Model { name ...B }
     fragment B on Model { features { name type example } production { metrics createdAt inputs { shape } } }`,
  ],
  ['inline fragments', '{ models { ... on Model { name } ... { title } } }'],
  ['the same field twice', '{ models { features { name } features { type } } models { name } }'],
  [
    'enums and times',
    ALERTS,
    { filter: { state: ['FIRING'], from: '2024-01-02T00:00:00Z', to: '2024-01-01T00:00:00Z' } },
  ],
  ['one where a list is asked for', ALERTS, { filter: { state: 'FIRING' } }],
  ['a literal number', '{ predictions(first: 501) { pageInfo { hasNextPage } } }'],
  ['a literal null', '{ predictions(filter: null, first: 1) { pageInfo { endCursor } } }'],
  [
    'fields with resolvers of their own',
    '{ health { models { model recentAlerts { id } } dependencies { status } } }',
  ],
  [
    'a variable that is not given',
    'query ($first: Int) { predictions(first: $first) { pageInfo { endCursor } } }',
  ],
  [
    'a wrong variable',
    'query ($first: Int) { predictions(first: $first) { pageInfo { endCursor } } }',
    { first: 'x' },
  ],
  ['a wrong place deep in a variable', PREDICT, { input: { model: MODEL, features: [], deadline: 1 } }],
  ['a list for an input', PREDICT, { input: [] }],
  ['a number for an input', PREDICT, { input: 7 }],
  ['a required variable that is missing', PREDICT],
  ['a word that is in no enum', ALERTS, { filter: { minSeverity: 'CRITICL' } }],
  ['a number beyond 32 bits', PREDICT, asked({}, { version: 2 ** 40 })],
  ['a number for an id', 'query ($id: ID!) { prediction(id: $id) { id } }', { id: 7 }],
];

const NOT_COMPILED: readonly Row[] = [
  ['a text', '{ model(name: "iris-classifier") { name } }'],
  [
    'an object',
    'mutation ($model: String!) { predict(input: { model: $model, features: { a: 1 } }) { label } }',
    { model: MODEL },
  ],
  [
    'a prototype key',
    `mutation { predict(input: { model: "${MODEL}", features: { __proto__: { a: 1 } } }) { label } }`,
  ],
  [
    'a variable in a literal',
    `mutation ($a: JSON) { predict(input: { model: "${MODEL}", features: { a: $a } }) { label } }`,
    { a: 5 },
  ],
  ['a default', 'query ($first: Int = 501) { predictions(first: $first) { pageInfo { endCursor } } }'],
  [
    'a default and null',
    'query ($first: Int = 501) { predictions(first: $first) { pageInfo { endCursor } } }',
    { first: null },
  ],
  ['a default for an id', 'query ($id: ID = "a") { prediction(id: $id) { id } }', { id: null }],
  [
    'a condition',
    'query ($no: Boolean!) { models { name @skip(if: $no) title @include(if: $no) } }',
    { no: true },
  ],
  [
    'a fragment under two conditions',
    `query ($a: Boolean!, $b: Boolean!) { models { ...F @include(if: $a) production { stage } } more: models { ...F @include(if: $b) } }
     fragment F on Model { name }`,
    { a: true, b: false },
  ],
  ['a prototype as an alias', '{ __proto__: models { name } models { __proto__: name } }'],
  ['introspection', getIntrospectionQuery()],
  [
    'several mutations',
    `mutation ($a: PredictInput!, $b: PredictInput!) { a: predict(input: $a) { label } b: predict(input: $b) { label } }`,
    { a: { model: 'none', features: {} }, b: { model: MODEL, features: {} } },
  ],
  [
    'a short document that is long code',
    `{ ${Array.from({ length: 9 }, (_, index) => `m${index}: models { ...M }`).join(' ')} }
     fragment M on Model { name title description task classes features { name type unit min max required } versions { ...V } production { ...V } }
     fragment V on ModelVersion { model version stage sha256 createdAt metrics sizeBytes inputs { ...T } outputs { ...T } }
     fragment T on TensorSpec { name type shape }`,
  ],
];

describe('of our own schema', () => {
  it.each(COMPILED.map(toCase))('$what is compiled', async ({ query, variables }) => {
    await sameAnswers(api, query, variables, true);
  });
  it.each(NOT_COMPILED.map(toCase))('$what is not compiled', async ({ query, variables }) => {
    await sameAnswers(api, query, variables, false);
  });
});

it('makes no code of a text that the compiler would take for code', async () => {
  const text = '__MAGIC_DATE__33a9e76d_02e0_4128_8e92_3530ad3da74dglobalThis.broken=1';
  const escaped = text.replaceAll('_', String.raw`\u005f`);
  for (const name of [text, escaped])
    await sameAnswers(api, `{ model(name: "${name}") { name } }`, undefined, false);
  expect('broken' in globalThis).toBe(false);
  await sameAnswers(api, 'query ($name: String!) { model(name: $name) { name } }', { name: text }, true);
  expect('broken' in globalThis).toBe(false);
});

it('runs each event of a subscription', async () => {
  const query = 'subscription ($model: String) { metricUpdated(model: $model) { name value labels at } }';
  const event = { name: 'a', value: 1, labels: { quantile: '0.5' }, at: new Date(5), model: MODEL };
  await sameAnswers(api, query, { model: MODEL }, true, event);
});

/** What ours has no case of. */
const odd = withResolvers(
  buildSchema(`
    type Query { thing: Thing strict: Thing! things: [Thing!] all: [Thing]! found: [Found!]! echo(text: String = "x", list: [Int!]): String }
    type Mutation { set(n: Int!): Int! make: Thing }
    type Thing { name: String! bad: String! slow: String! maybe: Int gone: Int! child: Thing children: [Thing!]! number: Int! }
    type Other { size: Int! }
    union Found = Thing | Other
  `),
  {
    'Query.thing': () => ({ ...thing, child: thing, children: [thing, { ...thing, name: null }] }),
    'Query.strict': () => Promise.resolve(thing),
    'Query.things': () => [thing, thing],
    'Query.all': () => [thing, null, new Error('an item that failed')],
    'Query.found': () => [
      { ...thing, __typename: 'Thing' },
      { size: 3, __typename: 'Other' },
    ],
    'Query.echo': (_root, { text }: { text?: string | null }) => text,
    'Mutation.make': () => Promise.resolve(thing),
    'Mutation.set': (_root, { n }: { n: number }) => n,
    'Thing.bad': () => {
      throw new AppError('UNAVAILABLE');
    },
    'Thing.slow': () => Promise.reject(new Error('secret')),
  },
);
const thing = { name: 'a', maybe: null, gone: undefined, number: 1.5, children: [], child: null };

describe('of an odd schema', () => {
  const rows: readonly Row[] = [
    ['a null where none may be', '{ thing { gone } }'],
    ['a null that takes its parents with it', '{ strict { name gone } }'],
    ['a null in one child', '{ thing { name child { name gone } children { maybe } } }'],
    ['a null in a list that may hold none', '{ thing { children { name } } }'],
    ['an error that is thrown', '{ thing { name bad } }'],
    ['an error that comes later', '{ thing { name slow } }'],
    ['errors beside each other', '{ a: thing { name bad } b: thing { maybe } }'],
    ['an error as an item', '{ all { name } }'],
    ['a value its type cannot say', '{ thing { number } }'],
    ['a union', '{ found { __typename ... on Thing { name } ... on Other { size } } }'],
    ['the default of an argument', '{ echo }'],
    ['a variable for it that is not given', 'query ($text: String) { echo(text: $text) }'],
    ['a variable for it that is null', 'query ($text: String) { echo(text: $text) }', { text: null }],
    ['a mutation with resolvers', 'mutation { make { name slow maybe } }'],
    ['a mutation', 'mutation ($n: Int!) { set(n: $n) }', { n: 3 }],
  ];
  it.each(rows.map(toCase))('$what is the same', async ({ query, variables }) => {
    await sameAnswers(odd, query, variables, true);
  });

  it('a list is not compiled', async () => {
    await sameAnswers(odd, 'query ($n: Int!) { echo(list: [1, $n]) }', { n: 2 }, false);
  });

  it('a list that is gone is the same, but for one error for each item that took it', async () => {
    const query = '{ things { name gone } }';
    const [expected, ...compiled] = await answersTo(odd, query, undefined);
    for (const { data, errors } of compiled) {
      expect(data).toEqual(expected?.data);
      expect(errors?.[0]?.path).toEqual(expected?.errors?.[0]?.path);
    }
  });
});

/** GraphQL's own answer, and those of an operation run often enough to be compiled on the way. */
async function answersTo(
  schema: GraphQLSchema,
  query: string,
  variables: Variables | undefined,
  event?: unknown,
): Promise<ExecutionResult[]> {
  const own = { schema, document: parse(query), variableValues: variables, contextValue: context };
  const answers = [await execute({ ...own, rootValue: event })];
  const prepared = createPreparation(schema, true).prepare(query, undefined);
  if ('errors' in prepared) throw new Error(`refused: ${prepared.errors.join(', ')}`);
  for (let run = 1; run <= 25; run++) answers.push(await prepared.run({ variables, context, event }));
  return answers;
}

async function sameAnswers(
  schema: GraphQLSchema,
  query: string,
  variables: Variables | undefined,
  isCompiled: boolean,
  event?: unknown,
): Promise<void> {
  const document = parse(query);
  const operation = getOperationAST(document);
  if (!operation) throw new Error('no operation');
  expect(compileOperation(schema, document, operation) !== undefined).toBe(isCompiled);
  const [expected, ...others] = (await answersTo(schema, query, variables, event)).map(textOf);
  others.forEach((text, run) => expect(text, `run ${run + 1}`).toBe(expected));
}

function textOf({ data, errors }: ExecutionResult): string {
  return JSON.stringify({ errors: errors?.map((error) => toClientError(error, true)), data }, undefined, 1);
}

function withResolvers(
  schema: GraphQLSchema,
  resolvers: Readonly<Record<string, GraphQLFieldResolver<unknown, unknown>>>,
): GraphQLSchema {
  for (const [path, resolve] of Object.entries(resolvers)) {
    const [typeName = '', fieldName = ''] = path.split('.');
    const type = schema.getType(typeName);
    const field = type instanceof GraphQLObjectType ? type.getFields()[fieldName] : undefined;
    if (field === undefined) throw new Error(`no ${path}`);
    field.resolve = resolve;
  }
  return schema;
}

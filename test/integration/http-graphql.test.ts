// GraphQL over HTTP: the specification's audit, and a coded error for every kind of bad input.
import { get, request } from 'node:http';
import { serverAudits, type AuditResult } from 'graphql-http';
import { getIntrospectionQuery } from 'graphql';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Answer, MODEL, openDoor, post, PREDICT } from './http-door.js';

let door: Awaited<ReturnType<typeof openDoor>>;
beforeAll(async () => void (door = await openDoor()));
afterAll(() => door.server.stop(1000));

const ask = (query: string, variables: unknown = {}) =>
  post(door.endpoint, JSON.stringify({ query, variables }));
const predictWith = (features: string) =>
  post(
    door.endpoint,
    `{"query":${JSON.stringify(PREDICT)},"variables":{"input":{"model":"${MODEL}","features":${features}}}}`,
  );

it('passes the GraphQL-over-HTTP audit without an error', async () => {
  const results: AuditResult[] = [];
  // One after the other: a door that is asked all at once may answer some OVERLOADED on a busy machine.
  for (const audit of serverAudits({ url: door.endpoint })) results.push(await audit.fn());
  const failed = results
    .filter(({ status }) => status !== 'ok')
    .map(({ status, name }) => `${status}: ${name}`);
  expect(failed.filter((line) => line.startsWith('error'))).toEqual([]);
  expect(failed).toMatchInlineSnapshot(`
    [
      "warn: SHOULD use 200 status code on document parsing failure when accepting application/json",
      "warn: SHOULD use 200 status code on document validation failure when accepting application/json",
      "warn: SHOULD use a status code of 200 on variable coercion failure when accepting application/json",
    ]
  `);
});

it('predicts', async () => {
  const { status, body } = await predictWith('{"sepal_length": 5.1}');
  expect(status).toBe(200);
  expect(body).toEqual({
    data: { predict: { id: expect.any(String) as string, label: 'setosa', status: 'COMPLETED' } },
  });
});

it('finds a prediction that the log does not have yet, and fails when it cannot know', async () => {
  const made = await predictWith('{}');
  const id = (made.body.data?.['predict'] as { id: string }).id;
  const query =
    'query ($id: ID!) { prediction(id: $id) { id createdAt timings { batchSize } feedback { label } } }';
  expect((await ask(query, { id })).body.data?.['prediction']).toEqual({
    id,
    createdAt: '2023-11-14T22:13:20.000Z',
    timings: { batchSize: 1 },
    feedback: null,
  });
  const unknown = await ask(query, { id: 'nobody-knows' });
  expect(unknown.body.errors?.[0]?.extensions).toEqual({ code: 'UNAVAILABLE', retryable: true });
});

it('answers health while the log is away', async () => {
  const { body } = await ask(
    '{ health { status dependencies { name status } models { model recentAlerts { id } } } }',
  );
  expect(body).toEqual({
    data: {
      health: {
        status: 'DEGRADED',
        dependencies: [{ name: 'postgres', status: 'DOWN' }],
        models: [{ model: MODEL, recentAlerts: [] }],
      },
    },
  });
});

it('shows a model as the contract says', async () => {
  const { body } = await ask(`{ model(name: "${MODEL}") { task features { name type example } production {
    stage createdAt metrics inputs { type shape } } } none: model(name: "x") { name } }`);
  expect(body.errors).toBeUndefined();
  expect(body.data).toMatchObject({
    model: {
      task: 'CLASSIFICATION',
      features: [{ name: 'sepal_length', type: 'NUMBER', example: 1.4 }, {}],
      production: { stage: 'PRODUCTION', metrics: { accuracy: 0.95 }, inputs: [{ shape: ['rows', '2'] }] },
    },
    none: null,
  });
});

it.each([
  ['a string for a number', '{"sepal_length": "tall"}', 'input.features.sepal_length'],
  ['a number too large for JSON', '{"sepal_length": 1e999}', 'input.features.sepal_length'],
  ['a prototype key', '{"__proto__": {"polluted": 1}}', 'input.features.__proto__'],
  ['a constructor key', '{"constructor": {"prototype": {"polluted": 1}}}', 'input.features.constructor'],
])('names the feature when it is given %s', async (_name, features, path) => {
  const { status, body } = await predictWith(features);
  expect(status).toBe(200);
  expect(body.errors?.[0]?.extensions).toMatchObject({
    code: 'INVALID_INPUT',
    retryable: false,
    issues: [{ path }],
  });
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});

it.each([
  ['NaN as a literal', '{ predict(input: { model: "iris-classifier", features: { a: NaN } }) { id } }'],
  ['a list for an object', '{ predict(input: { model: "iris-classifier", features: [1] }) { id } }'],
  ['an unknown field', '{ predict(input: { model: "iris-classifier", features: {} }) { nonsense } }'],
  [
    'an Int beyond 32 bits',
    '{ predict(input: { model: "iris-classifier", version: 99999999999, features: {} }) { id } }',
  ],
])('refuses %s before it runs', async (_name, selection) => {
  const { status, body } = await ask(`mutation ${selection}`);
  expect(status).toBe(400);
  expect(body.errors?.[0]?.extensions).toEqual({ code: 'GRAPHQL_VALIDATION_FAILED', retryable: false });
});

it.each([
  [
    'a prototype key in a literal',
    'mutation { predict(input: { model: "iris-classifier", features: { __proto__: { a: 1 } } }) { id } }',
    'input.features.__proto__',
  ],
  ['a page of 501', '{ predictions(first: 501) { pageInfo { hasNextPage } } }', 'first'],
  ['a page of -1', '{ alerts(first: -1) { pageInfo { hasNextPage } } }', 'first'],
  [
    'a deadline of a day',
    'mutation { predict(input: { model: "iris-classifier", features: {}, deadlineMs: 86400000 }) { id } }',
    'input.deadlineMs',
  ],
  [
    'a date range backwards',
    '{ metrics(filter: { model: "m", from: "2024-01-02T00:00:00Z", to: "2024-01-01T00:00:00Z" }) { name } }',
    'filter.to',
  ],
])('names the argument when it is given %s', async (_name, query, path) => {
  const { body } = await ask(query);
  expect(body.errors?.[0]?.extensions).toMatchObject({ code: 'INVALID_INPUT', issues: [{ path }] });
});

it('refuses 1001 instances and takes 1000, a bad one failing alone', async () => {
  const query =
    'mutation ($input: PredictBatchInput!) { predictBatch(input: $input) { predictions { id } errors { index code } } }';
  const batch = (count: number): Record<string, number | string>[] =>
    Array.from({ length: count }, () => ({ sepal_length: 1 }));
  const over = await ask(query, { input: { model: MODEL, instances: batch(1001) } });
  expect(over.body.errors?.[0]?.extensions).toMatchObject({
    code: 'INVALID_INPUT',
    issues: [{ path: 'input.instances' }],
  });
  const instances = batch(1000);
  instances[7] = { sepal_length: 'x' };
  const { body } = await ask(query, { input: { model: MODEL, instances } });
  expect(body.data).toMatchObject({ predictBatch: { errors: [{ index: 7, code: 'INVALID_INPUT' }] } });
});

it.each([
  ['malformed JSON', '{"query": ', {}, 400, 'BAD_REQUEST'],
  ['no body', '', {}, 400, 'BAD_REQUEST'],
  ['a body that is no object', '7', {}, 400, 'BAD_REQUEST'],
  ['no query', '{}', {}, 400, 'BAD_REQUEST'],
  ['a batch of operations', '[{"query":"{ __typename }"}]', {}, 400, 'BAD_REQUEST'],
  ['malformed GraphQL', '{"query":"{ models { name "}', {}, 400, 'GRAPHQL_PARSE_FAILED'],
  [
    'a wrong variable',
    `{"query":${JSON.stringify(PREDICT)},"variables":{"input":{"model":7}}}`,
    {},
    400,
    'BAD_USER_INPUT',
  ],
  [
    'an unknown operation',
    '{"query":"query A { __typename }","operationName":"B"}',
    {},
    400,
    'OPERATION_RESOLUTION_FAILURE',
  ],
  [
    'another content type',
    '{"query":"{ __typename }"}',
    { 'content-type': 'text/plain' },
    415,
    'UNSUPPORTED_MEDIA_TYPE',
  ],
  [
    '9 MB',
    `{"query":"{ __typename }","variables":{"x":"${'x'.repeat(9_000_000)}"}}`,
    {},
    413,
    'PAYLOAD_TOO_LARGE',
  ],
])('answers %s with a coded error and no stack', async (_name, text, headers, status, code) => {
  const answer = await post(door.endpoint, text, headers);
  expect(answer.status).toBe(status);
  expect(answer.body.errors?.[0]?.extensions['code']).toBe(code);
  expect(answer.text).not.toMatch(/stack|node_modules|\.ts\b|\.js\b/);
});

it.each([
  ['an answer nobody can give', 'POST', '', { accept: 'text/html' }, 406, 'BAD_REQUEST', null],
  ['a mutation by GET', 'GET', '?query=mutation{__typename}', {}, 405, 'BAD_REQUEST', 'POST'],
  ['a subscription by POST', 'POST', '', {}, 400, 'BAD_REQUEST', null],
  ['the options', 'OPTIONS', '', {}, 405, 'BAD_REQUEST', 'GET, POST'],
  [
    'a GET of another type',
    'GET',
    '?query={__typename}',
    { 'content-type': 'text/plain' },
    415,
    'BAD_REQUEST',
    null,
  ],
  [
    'two queries in one address',
    'GET',
    '?query={__typename}&query={__typename}',
    {},
    400,
    'BAD_REQUEST',
    null,
  ],
  ['variables that are no JSON', 'GET', '?query={__typename}&variables=x', {}, 400, 'BAD_REQUEST', null],
  [
    'a query by its hash',
    'GET',
    '?extensions={"persistedQuery":{}}',
    {},
    200,
    'PERSISTED_QUERY_NOT_SUPPORTED',
    null,
  ],
])('refuses %s', async (_name, method, search, headers, status, code, allow) => {
  const response = await fetch(`${door.endpoint}${search}`, {
    method,
    headers: { ...(method === 'POST' && { 'content-type': 'application/json' }), ...headers },
    ...(method === 'POST' && { body: '{"query":"subscription { alertChanged { id } }"}' }),
  });
  expect(response.status).toBe(status);
  expect(response.headers.get('allow')).toBe(allow);
  expect(((await response.json()) as Answer).errors?.[0]?.extensions).toEqual({ code, retryable: false });
});

it('answers in the type that is asked for', async () => {
  const body = '{"query":"{ __typename }"}';
  const typeFor = async (accept: string) =>
    (await post(door.endpoint, body, { accept })).headers.get('content-type');
  expect(await typeFor('application/json')).toBe('application/json; charset=utf-8');
  expect(await typeFor('application/graphql-response+json')).toBe(
    'application/graphql-response+json; charset=utf-8',
  );
});

it.each([
  ['depth', `{ __type(name: "Query") ${'{ ofType '.repeat(12)}{ name }${' }'.repeat(12)} }`],
  ['aliases', `{ ${Array.from({ length: 40 }, (_, i) => `a${i}: __typename`).join(' ')} }`],
  ['root fields', `{ ${'__typename '.repeat(11)} }`],
  ['root fields in fragments', `{ ...F } fragment F on Query { ${'__typename '.repeat(11)} }`],
  ['directives', `{ models { ${'name @include(if: true) '.repeat(60)} } }`],
  [
    'deep introspection',
    '{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }',
  ],
])('limits %s', async (_name, query) => {
  const { status, body } = await ask(query);
  expect(status).toBe(400);
  expect(body.errors?.[0]?.extensions['code']).toBe('GRAPHQL_VALIDATION_FAILED');
});

it('limits the tokens of a document', async () => {
  const { status, body } = await ask(`{ ${'a '.repeat(3000)} }`);
  expect(status).toBe(400);
  expect(body.errors?.[0]?.extensions['code']).toBe('GRAPHQL_PARSE_FAILED');
});

it('lets the introspection query through in development, and not otherwise', async () => {
  expect((await ask(getIntrospectionQuery())).status).toBe(200);
  const closed = await openDoor({ graphql: { introspection: false, explorer: false } });
  try {
    const query = JSON.stringify({ query: getIntrospectionQuery() });
    expect((await post(closed.endpoint, query)).body.errors?.[0]?.extensions['code']).toBe(
      'GRAPHQL_VALIDATION_FAILED',
    );
    const input = { modle: MODEL, features: {} };
    for (const wrong of [{ query: '{ modles { name } }' }, { query: PREDICT, variables: { input } }]) {
      const hint = await post(closed.endpoint, JSON.stringify(wrong));
      expect(hint.status).toBe(400);
      expect(hint.text).not.toContain('Did you mean');
    }
  } finally {
    await closed.server.stop(1000);
  }
});

it('masks an unexpected error and logs it once, with its stack and the request id, without features', async () => {
  const before = door.lines.length;
  const query = JSON.stringify({
    query: PREDICT,
    variables: { input: { model: MODEL, features: { boom: 424242 } } },
  });
  const { body, text } = await post(door.endpoint, query, { 'x-request-id': 'trace-me' });
  expect(body.errors?.[0]?.extensions).toEqual({ code: 'INTERNAL', retryable: false });
  expect(text).not.toContain('secret');
  const errors = door.lines.slice(before).filter((line) => line.includes('secret detail'));
  expect(errors).toHaveLength(1);
  expect(errors[0]).toContain('"traceId":"trace-me"');
  expect(door.lines.join('')).not.toContain('424242');
});

it('carries the details of a code', async () => {
  const { body } = await predictWith('{"busy": 1}');
  expect(body.errors?.[0]?.extensions).toEqual({ code: 'OVERLOADED', retryable: true, retryAfterMs: 250 });
});

it('answers queries on GET as a plain client sends them, and refuses mutations there', async () => {
  const url = (query: string) => `${door.endpoint}?query=${encodeURIComponent(query)}`;
  const answer = await fetch(`${door.endpoint}?query={health{status}}`);
  expect(answer.status).toBe(200);
  expect(await answer.json()).toEqual({ data: { health: { status: 'DEGRADED' } } });
  expect((await fetch(url('mutation { __typename }'))).status).toBe(405);
});

it('refuses a GET that a browser sends for a page of another site, and lets allowed pages ask', async () => {
  const guarded = await openDoor({ allowedOrigins: ['https://dashboard.example'] });
  const statusOf = (headers: Record<string, string>) =>
    new Promise((resolve, reject) => {
      // `fetch` sets these headers itself.
      get(`${guarded.endpoint}?query=%7B__typename%7D`, { headers }, (response) => {
        response.resume();
        resolve(response.statusCode);
      }).on('error', reject);
    });
  try {
    const origin = 'https://dashboard.example';
    expect(await statusOf({ 'sec-fetch-site': 'cross-site' })).toBe(403);
    expect(await statusOf({ 'sec-fetch-site': 'same-site' })).toBe(403);
    expect(await statusOf({ 'sec-fetch-site': 'cross-site', origin: 'https://elsewhere.example' })).toBe(403);
    expect(await statusOf({ 'sec-fetch-site': 'cross-site', origin })).toBe(200);
    expect(await statusOf({ 'sec-fetch-site': 'same-origin' })).toBe(200);
    expect(await statusOf({ 'sec-fetch-site': 'none' })).toBe(200);
  } finally {
    await guarded.server.stop(500);
  }
});

it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', undefined])(
  'takes no POST that a browser sends without asking first: %s',
  async (type) => {
    const status = await new Promise((resolve, reject) => {
      const headers = type === undefined ? {} : { 'content-type': type };
      request(door.endpoint, { method: 'POST', headers }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on('error', reject)
        .end('{"query":"{ __typename }"}');
    });
    expect(status).toBe(415);
  },
);

it('counts operations by root field and outcome, with no label from outside', async () => {
  await predictWith('{"sepal_length": 1}');
  await ask('{ nonsense_from_outside }');
  const text = await door.metrics.registry.metrics();
  expect(text).toMatch(/vigie_graphql_operation_seconds_count\{operation="predict",outcome="ok"\} \d/);
  expect(text).toMatch(/operation_seconds_count\{operation="predict",outcome="INVALID_INPUT"\} \d/);
  expect(text).toMatch(
    /operation_seconds_count\{operation="invalid",outcome="GRAPHQL_VALIDATION_FAILED"\} \d/,
  );
  expect(text).not.toContain('nonsense_from_outside');
});

it('takes feedback right after the prediction', async () => {
  const made = await predictWith('{}');
  const id = (made.body.data?.['predict'] as { id: string }).id;
  const { body } = await ask(
    'mutation ($input: [FeedbackInput!]!) { submitFeedback(input: $input) { accepted errors { index code issues { path } } } }',
    {
      input: [
        { predictionId: id, label: 'setosa' },
        { predictionId: 'none', label: 'setosa' },
        { predictionId: id, label: 'setosa' },
      ],
    },
  );
  expect(body.data?.['submitFeedback']).toEqual({
    accepted: 1,
    errors: [
      { index: 1, code: 'PREDICTION_NOT_FOUND', issues: [] },
      { index: 2, code: 'INVALID_INPUT', issues: [{ path: 'input[2].predictionId' }] },
    ],
  });
});

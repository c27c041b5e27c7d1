// Operations that must be refused, each with its code: what is wrong, the payload as JSON text, and the path it is blamed on.
import { CLEAR_IRIS, PREDICT } from '../support/api-client.js';

export const MODEL = 'iris-classifier';
// Sent wherever a value fits, and looked for in every line of the log afterwards.
export const SECRET_NUMBER = 8.135_792_468;
export const SECRET_TEXT = 'xyzzy-sesame';

export const operation = (query: string, variables = '{}') =>
  `{"query":${JSON.stringify(query)},"variables":${variables}}`;
/** A `predict` whose features are JSON text: what `JSON.stringify` cannot write can be sent too. */
export const features = (text: string) =>
  operation(PREDICT, `{"input":{"model":"${MODEL}","features":${text}}}`);
export const irisWith = (name: string, value: string) =>
  features(JSON.stringify({ ...CLEAR_IRIS, [name]: null }).replace(`"${name}":null`, `"${name}":${value}`));
const argument = (rest: object) =>
  operation(PREDICT, JSON.stringify({ input: { model: MODEL, features: CLEAR_IRIS, ...rest } }));
export const BATCH =
  'mutation ($input: PredictBatchInput!) { predictBatch(input: $input) { predictions { id } errors { code issues { path } } } }';
const batchOf = (count: number) =>
  operation(BATCH, JSON.stringify({ input: { model: MODEL, instances: Array(count).fill(CLEAR_IRIS) } }));
const FEEDBACK = 'mutation ($input: [FeedbackInput!]!) { submitFeedback(input: $input) { accepted } }';
const nested = (depth: number) => `${'['.repeat(depth)}1${']'.repeat(depth)}`;
const hugeMetadata = { metadata: { note: SECRET_TEXT.repeat(500) } };
const deepMetadata = { metadata: { a: { b: { c: { d: { e: { f: 1 } } } } } } };

type Row = readonly [what: string, payload: string, code: string, path?: string];

const ROWS: readonly Row[] = [
  ['malformed GraphQL', operation('{ models { name '), 'GRAPHQL_PARSE_FAILED'],
  ['an empty document', operation(' '), 'GRAPHQL_PARSE_FAILED'],
  ['GraphQL of three thousand tokens', operation(`{ ${'a '.repeat(3000)} }`), 'GRAPHQL_PARSE_FAILED'],
  ['an unknown field', operation('{ nonsense }'), 'GRAPHQL_VALIDATION_FAILED'],
  [
    'a query twelve levels deep',
    operation(`{ __type(name: "Query") ${'{ ofType '.repeat(12)}{ name }${' }'.repeat(12)} }`),
    'GRAPHQL_VALIDATION_FAILED',
  ],
  [
    'a query deep through fragments',
    operation(
      `{ __type(name: "Query") { ...F0 } } ${Array.from({ length: 12 }, (_, i) => `fragment F${i} on __Type { ofType { ${i === 11 ? 'name' : `...F${i + 1}`} } }`).join(' ')}`,
    ),
    'GRAPHQL_VALIDATION_FAILED',
  ],
  [
    'fragments in a circle',
    operation('{ models { ...A } } fragment A on Model { ...B } fragment B on Model { ...A }'),
    'GRAPHQL_VALIDATION_FAILED',
  ],
  [
    'forty aliases',
    operation(`{ ${Array.from({ length: 40 }, (_, i) => `a${i}: __typename`).join(' ')} }`),
    'GRAPHQL_VALIDATION_FAILED',
  ],
  ['eleven root fields', operation(`{ ${'__typename '.repeat(11)} }`), 'GRAPHQL_VALIDATION_FAILED'],
  [
    'an operation that is not there',
    `{"query":"query A { __typename }","operationName":"B"}`,
    'OPERATION_RESOLUTION_FAILURE',
  ],
  [
    'NaN as a literal',
    operation(`mutation { predict(input: { model: "${MODEL}", features: { petal_width: NaN } }) { id } }`),
    'GRAPHQL_VALIDATION_FAILED',
  ],
  ['a list for features', features('[1, 2]'), 'BAD_USER_INPUT'],
  ['a string for features', features(`"${SECRET_TEXT}"`), 'BAD_USER_INPUT'],
  ['a number for the model', operation(PREDICT, `{"input":{"model":7,"features":{}}}`), 'BAD_USER_INPUT'],
  ['no variables', operation(PREDICT), 'BAD_USER_INPUT'],
  [
    'an input with prototype keys of its own',
    operation(PREDICT, `{"input":{"model":"${MODEL}","features":{},"__proto__":{"a":1}}}`),
    'BAD_USER_INPUT',
  ],
  ['a version beyond 32 bits', argument({ version: 2 ** 40 }), 'BAD_USER_INPUT'],

  [
    'a string for a number',
    irisWith('petal_width', `"${SECRET_TEXT}"`),
    'INVALID_INPUT',
    'input.features.petal_width',
  ],
  [
    'a numeral as a string',
    irisWith('petal_width', `"${SECRET_NUMBER}"`),
    'INVALID_INPUT',
    'input.features.petal_width',
  ],
  ['NaN as a string', irisWith('petal_width', '"NaN"'), 'INVALID_INPUT', 'input.features.petal_width'],
  [
    'a number that JSON reads as Infinity',
    irisWith('petal_width', '1e999'),
    'INVALID_INPUT',
    'input.features.petal_width',
  ],
  ['a number beyond float32', irisWith('petal_width', '1e39'), 'INVALID_INPUT', 'input.features.petal_width'],
  ['true for a number', irisWith('petal_width', 'true'), 'INVALID_INPUT', 'input.features.petal_width'],
  [
    'null for a required feature',
    irisWith('petal_width', 'null'),
    'INVALID_INPUT',
    'input.features.petal_width',
  ],
  [
    'a list for a number',
    irisWith('petal_width', `[${SECRET_NUMBER}]`),
    'INVALID_INPUT',
    'input.features.petal_width',
  ],
  [
    'an object for a number',
    irisWith('petal_width', `{"valueOf":${SECRET_NUMBER}}`),
    'INVALID_INPUT',
    'input.features.petal_width',
  ],
  [
    'a hundred thousand nested lists',
    irisWith('petal_width', nested(100_000)),
    'INVALID_INPUT',
    'input.features.petal_width',
  ],
  ['no features', features('{}'), 'INVALID_INPUT', 'input.features.sepal_length'],
  ['an unknown feature', irisWith('petal_lenght', '1'), 'INVALID_INPUT', 'input.features.petal_lenght'],
  ['a feature with an endless name', irisWith('x'.repeat(100_000), '1'), 'INVALID_INPUT'],
  ...['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', '__defineGetter__'].map(
    (name) =>
      [
        `${name} as a feature`,
        irisWith(name, `{"polluted":${SECRET_NUMBER}}`),
        'INVALID_INPUT',
        `input.features.${name}`,
      ] as const,
  ),
  [
    '__proto__ in a literal',
    operation(
      `mutation { predict(input: { model: "${MODEL}", features: { __proto__: { polluted: 1 } } }) { id } }`,
    ),
    'INVALID_INPUT',
    'input.features.__proto__',
  ],
  [
    '__proto__ in metadata',
    argument({ metadata: JSON.parse('{"__proto__":{"polluted":1}}') as unknown }),
    'INVALID_INPUT',
    'input.metadata',
  ],

  ['a model that is none', argument({ model: 'none' }), 'MODEL_NOT_FOUND'],
  ['a prototype key as a model', argument({ model: 'constructor' }), 'MODEL_NOT_FOUND'],
  ['a path as a model', argument({ model: '../../etc/passwd' }), 'INVALID_INPUT', 'input.model'],
  ['a version that is none', argument({ version: 99 }), 'VERSION_NOT_FOUND'],
  ['a negative version', argument({ version: -1 }), 'INVALID_INPUT', 'input.version'],
  ['no time at all', argument({ deadlineMs: 0 }), 'INVALID_INPUT', 'input.deadlineMs'],
  ['a day of time', argument({ deadlineMs: 86_400_000 }), 'INVALID_INPUT', 'input.deadlineMs'],
  ['a requestId of 100 KB', argument({ requestId: 'r'.repeat(100_000) }), 'INVALID_INPUT', 'input.requestId'],
  ['metadata over 4 KB', argument(hugeMetadata), 'INVALID_INPUT', 'input.metadata'],
  ['metadata six levels deep', argument(deepMetadata), 'INVALID_INPUT', 'input.metadata'],
  [
    'metadata ten thousand levels deep',
    operation(PREDICT, `{"input":{"model":"${MODEL}","features":{},"metadata":{"a":${nested(10_000)}}}}`),
    'INVALID_INPUT',
    'input.metadata',
  ],

  ['1001 instances', batchOf(1001), 'INVALID_INPUT', 'input.instances'],
  ['no instances', batchOf(0), 'INVALID_INPUT', 'input.instances'],
  [
    '1001 items of feedback',
    operation(
      FEEDBACK,
      JSON.stringify({ input: Array(1001).fill({ predictionId: 'p', label: SECRET_TEXT }) }),
    ),
    'INVALID_INPUT',
    'input',
  ],
  ['a page of 501', operation('{ predictions(first: 501) { edges { cursor } } }'), 'INVALID_INPUT', 'first'],
  ['a page of -1', operation('{ alerts(first: -1) { edges { cursor } } }'), 'INVALID_INPUT', 'first'],
  [
    'a cursor of no page',
    operation('{ predictions(after: "nonsense") { edges { cursor } } }'),
    'INVALID_INPUT',
    'after',
  ],
  [
    'a time that is none',
    operation('{ predictions(filter: { from: "yesterday" }) { edges { cursor } } }'),
    'GRAPHQL_VALIDATION_FAILED',
  ],
  [
    'a span backwards',
    operation(
      `{ metrics(filter: { model: "${MODEL}", from: "2024-01-02T00:00:00Z", to: "2024-01-01T00:00:00Z" }) { name } }`,
    ),
    'INVALID_INPUT',
    'filter.to',
  ],
  ['an alert that is none', operation('mutation { acknowledgeAlert(id: "none") { id } }'), 'ALERT_NOT_FOUND'],
];

/** `path` is that of one of the issues, where the code has issues. */
export const WRONG_OPERATIONS = ROWS.map(([what, payload, code, path]) => ({ what, payload, code, path }));

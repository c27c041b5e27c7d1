// What an HTTP request asks GraphQL for, by POST as JSON or by GET in the address.
import type { FastifyRequest } from 'fastify';
import type { HttpFailure } from './http-errors.js';

export interface HttpOperation {
  readonly query: string;
  readonly operationName: string | undefined;
  readonly variables: Readonly<Record<string, unknown>> | undefined;
}

type Parameters = Readonly<Record<string, unknown>>;

/** Answers what is wrong with a request that asks for nothing GraphQL could run. */
export function readOperation({ method, headers, body, query }: FastifyRequest): HttpOperation | HttpFailure {
  switch (method) {
    case 'POST':
      return isRecord(body) ? toOperation(body) : malformed('The body must be a JSON object with a `query`.');
    case 'GET':
      if (headers['content-type'] !== undefined && !/^application\/json\b/i.test(headers['content-type']))
        return {
          ...malformed('A GET has no body, so its content type can only be application/json.'),
          status: 415,
        };
      return isRecord(query) ? fromAddress(query) : malformed('The address holds no `query`.');
    default:
      return { ...malformed('Ask by GET or POST.'), status: 405, headers: { allow: 'GET, POST' } };
  }
}

function fromAddress({
  query,
  operationName,
  variables,
  extensions,
}: Parameters): HttpOperation | HttpFailure {
  const parsed = { variables: parseJson(variables), extensions: parseJson(extensions) };
  for (const [name, value] of Object.entries(parsed)) {
    if (value === null) return malformed(`\`${name}\` must be a JSON object, once.`);
  }
  return toOperation({ query, operationName, ...parsed });
}

/** Null for what is no JSON. */
function parseJson(value: unknown): unknown {
  if (value === undefined) return undefined;
  try {
    return typeof value === 'string' ? JSON.parse(value) : null;
  } catch {
    return null;
  }
}

function toOperation({
  query,
  operationName,
  variables,
  extensions,
}: Parameters): HttpOperation | HttpFailure {
  for (const [name, value] of Object.entries({ variables, extensions })) {
    if (value !== undefined && value !== null && !isRecord(value))
      return malformed(`\`${name}\` must be an object where it is given.`);
  }
  if (isRecord(extensions) && isRecord(extensions['persistedQuery'])) return NO_PERSISTED_QUERIES;
  if (typeof query !== 'string' || query === '')
    return malformed('`query` must be a text that is not empty.');
  if (operationName !== undefined && operationName !== null && typeof operationName !== 'string')
    return malformed('`operationName` must be a text where it is given.');
  return {
    query,
    operationName: operationName ?? undefined,
    variables: isRecord(variables) ? variables : undefined,
  };
}

// Clients that shorten queries to hashes know this answer, and send the whole query from then on.
const NO_PERSISTED_QUERIES: HttpFailure = {
  status: 200,
  code: 'PERSISTED_QUERY_NOT_SUPPORTED',
  message: 'PersistedQueryNotSupported',
  headers: { 'cache-control': 'private, no-cache, must-revalidate' },
};

function malformed(message: string): HttpFailure {
  return { status: 400, code: 'BAD_REQUEST', message };
}

function isRecord(value: unknown): value is Parameters {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

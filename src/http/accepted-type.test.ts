// The media type of an answer is the one its reader likes best, as HTTP's rules of preference have it.
import { expect, it } from 'vitest';
import { acceptedType } from './accepted-type.js';

const JSON_TYPE = 'application/json; charset=utf-8';
const GRAPHQL_TYPE = 'application/graphql-response+json; charset=utf-8';

it.each([
  [undefined, JSON_TYPE],
  ['', JSON_TYPE],
  ['*/*', JSON_TYPE],
  ['application/*', JSON_TYPE],
  ['application/json', JSON_TYPE],
  ['APPLICATION/JSON; charset=utf-8', JSON_TYPE],
  ['application/graphql-response+json', GRAPHQL_TYPE],
  ['application/graphql-response+json, application/json;q=0.9', GRAPHQL_TYPE],
  ['application/graphql-response+json, application/json', GRAPHQL_TYPE],
  ['application/json, application/graphql-response+json', JSON_TYPE],
  ['application/json;q=0.1, application/graphql-response+json;q=0.2', GRAPHQL_TYPE],
  ['*/*, application/graphql-response+json', GRAPHQL_TYPE],
  ['*/*, application/graphql-response+json;q=0.5', JSON_TYPE],
  ['application/json;q=0, */*', GRAPHQL_TYPE],
  ['text/html, application/xml;q=0.9, */*;q=0.1', JSON_TYPE],
  ['application/json;q=0', undefined],
  ['*/*;q=0', undefined],
  ['application/json;q=often', undefined],
  ['text/html', undefined],
  ['nonsense', undefined],
  [',;,', undefined],
])('reads %s', (accept, type) => {
  expect(acceptedType(accept)).toBe(type);
});

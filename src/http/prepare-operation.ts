// The text of a query made ready to run, for HTTP and WebSocket alike: parsed, checked against schema and limits, and kept.
import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  parse,
  specifiedRules,
  validate,
} from 'graphql';
import { createDocumentCache } from './document-cache.js';
import { withCode } from './graphql-errors.js';
import { limitRules, PARSE_LIMITS } from './graphql-limits.js';
import { prepareOne, type PreparedOperation } from './prepared-operation.js';

/** What is wrong with a document, each error with its code. */
export interface RefusedDocument {
  readonly errors: readonly GraphQLError[];
}

export interface Preparation {
  prepare(query: string, operationName: string | undefined): PreparedOperation | RefusedDocument;
  /** The only operation of a document that was prepared before; costs no more than looking it up. */
  known(query: string): PreparedOperation | undefined;
}

// Full, and all of it compiled, this is some 30 MB.
const CACHE_BOUNDS = { documents: 300, characters: 150_000, charactersOfOne: 10_000 };
const MAX_VALIDATION_ERRORS = 20;

/** Documents that passed are kept, so that a client's next request pays for none of this. */
export function createPreparation(schema: GraphQLSchema, introspection: boolean): Preparation {
  const rules = [...specifiedRules, ...limitRules({ introspection })];
  const cache = createDocumentCache<readonly PreparedOperation[]>(CACHE_BOUNDS);

  const prepareAll = (query: string): readonly PreparedOperation[] | RefusedDocument => {
    const document = parseLimited(query);
    if (document instanceof GraphQLError) return { errors: withCode([document], 'GRAPHQL_PARSE_FAILED') };
    const invalid = validate(schema, document, rules, { maxErrors: MAX_VALIDATION_ERRORS });
    if (invalid.length > 0) return { errors: withCode(invalid, 'GRAPHQL_VALIDATION_FAILED') };
    const operations = operationsIn(document).map((operation) => prepareOne(schema, document, operation));
    cache.keep(query, operations);
    return operations;
  };

  const prepare: Preparation['prepare'] = (query, operationName) => {
    const operations = cache.get(query) ?? prepareAll(query);
    if ('errors' in operations) return operations;
    const named =
      operationName === undefined ? operations : operations.filter(({ name }) => name === operationName);
    const [operation, another] = named;
    if (operation !== undefined && another === undefined) return operation;
    return { errors: withCode([unresolved(operationName)], 'OPERATION_RESOLUTION_FAILURE') };
  };
  return {
    prepare,
    known(query) {
      const operations = cache.get(query);
      return operations?.length === 1 ? operations[0] : undefined;
    },
  };
}

function parseLimited(query: string): DocumentNode | GraphQLError {
  try {
    return parse(query, PARSE_LIMITS);
  } catch (error) {
    if (error instanceof GraphQLError) return error;
    throw error;
  }
}

function operationsIn({ definitions }: DocumentNode): OperationDefinitionNode[] {
  return definitions.filter(
    (definition): definition is OperationDefinitionNode => definition.kind === Kind.OPERATION_DEFINITION,
  );
}

function unresolved(operationName: string | undefined): GraphQLError {
  return new GraphQLError(
    operationName === undefined
      ? 'Name one of the operations of the document as operationName.'
      : 'The document has no operation of this name.',
  );
}

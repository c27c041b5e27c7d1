// GraphQL over WebSocket: the same limits, context, error mask and metrics as over HTTP.
import {
  type ExecutionArgs,
  type ExecutionResult,
  GraphQLError,
  type GraphQLSchema,
  execute,
  getOperationAST,
  parse,
  specifiedRules,
  subscribe,
  validate,
} from 'graphql';
import { makeServer } from 'graphql-ws';
import type { Logger } from 'pino';
import type { Metrics } from '../metrics.js';
import type { RequestContext } from '../resolvers/request-context.js';
import { countOpen } from './count-open.js';
import { codeOf, logMasked, toClientError, withCode } from './graphql-errors.js';
import { limitRules, PARSE_LIMITS } from './graphql-limits.js';
import { fieldsIn, observeOperation } from './operation-record.js';
import { isSane } from './request-id.js';
import type { GraphqlSocketServer, SocketExtra } from './websocket-binding.js';

const MAX_VALIDATION_ERRORS = 20;

interface OperationParts {
  readonly schema: GraphQLSchema;
  readonly introspection: boolean;
  readonly maxOperationsPerSocket: number;
  readonly connectionInitWaitMs: number;
  readonly createContext: (traceId: string) => RequestContext;
  readonly log: Logger;
  readonly metrics: Metrics;
}

export function createSocketOperations(parts: OperationParts): GraphqlSocketServer {
  const { schema, log, metrics } = parts;
  const rules = [...specifiedRules, ...limitRules(parts)];

  const prepare = (
    payload: { query: string; operationName?: unknown; variables?: unknown },
    traceId: string,
  ) => {
    const parsed = parseLimited(payload.query);
    if (parsed instanceof GraphQLError) return [parsed];
    const invalid = validate(schema, parsed, rules, { maxErrors: MAX_VALIDATION_ERRORS });
    if (invalid.length > 0) return withCode(invalid, 'GRAPHQL_VALIDATION_FAILED');
    const operationName = typeof payload.operationName === 'string' ? payload.operationName : undefined;
    if (!getOperationAST(parsed, operationName))
      return withCode(
        [new GraphQLError('Name one operation of the document.')],
        'OPERATION_RESOLUTION_FAILURE',
      );
    return {
      schema,
      document: parsed,
      operationName,
      variableValues: isRecord(payload.variables) ? payload.variables : undefined,
      contextValue: parts.createContext(traceId),
    };
  };

  return makeServer<Record<string, unknown>, SocketExtra>({
    connectionInitWaitTimeout: parts.connectionInitWaitMs,
    onSubscribe: ({ subscriptions, extra }, id, payload) => {
      const startedAt = performance.now();
      const open = Object.keys(subscriptions).length;
      const prepared =
        open > parts.maxOperationsPerSocket
          ? [tooMany(parts.maxOperationsPerSocket)]
          : prepare(payload, traceIdOf(extra, id));
      if (Array.isArray(prepared))
        observeOperation(metrics, { fields: [], errors: prepared, seconds: secondsSince(startedAt) });
      return prepared;
    },
    execute: async (args) => {
      const startedAt = performance.now();
      const result = await execute(args);
      observe(parts, args, result, secondsSince(startedAt));
      return result;
    },
    subscribe: async (args) => {
      const startedAt = performance.now();
      const result = await subscribe(args);
      if (!(Symbol.asyncIterator in result)) {
        observe(parts, args, result, secondsSince(startedAt));
        return result;
      }
      observe(parts, args, {}, secondsSince(startedAt));
      return countOpen(result, metrics.subscriptions.labels(fieldNames(args)));
    },
    onNext: (_ctx, _id, _payload, args, result) => {
      const { data, errors } = result;
      if (errors === undefined) return;
      logMasked(errors, log, traceIdIn(args));
      return { ...(data !== undefined && { data }), errors: errors.map(toClientError) };
    },
    onError: ({ extra }, id, _payload, errors) => {
      logMasked(errors, log, traceIdOf(extra, id));
      return errors.map(toClientError);
    },
  });
}

function parseLimited(query: string) {
  try {
    return parse(query, PARSE_LIMITS);
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    return withCode([error], 'GRAPHQL_PARSE_FAILED')[0] ?? error;
  }
}

function tooMany(limit: number): GraphQLError {
  return new GraphQLError(`At most ${limit} operations at once per connection.`, {
    extensions: { code: 'OVERLOADED' },
  });
}

function observe(
  { metrics, log }: Pick<OperationParts, 'metrics' | 'log'>,
  args: ExecutionArgs,
  { errors = [] }: ExecutionResult,
  seconds: number,
): void {
  const operation = getOperationAST(args.document, args.operationName);
  const fields = operation ? fieldsIn(args.document, operation) : [];
  observeOperation(metrics, { fields, errors, seconds });
  const [first] = errors;
  const outcome = first === undefined ? 'ok' : codeOf(first);
  const ms = Math.round(seconds * 100_000) / 100;
  const names = fields.map(({ name }) => name).join(',');
  log.info({ method: 'WS', operation: names, outcome, ms, traceId: traceIdIn(args) }, 'operation');
}

function fieldNames(args: ExecutionArgs): { field: string } {
  const operation = getOperationAST(args.document, args.operationName);
  return { field: (operation ? fieldsIn(args.document, operation) : []).map(({ name }) => name).join(',') };
}

/** The connection's id and the operation's: clients number operations from one on each connection. */
function traceIdOf({ traceId }: SocketExtra, operationId: string): string {
  return isSane(operationId) ? `${traceId}.${operationId}` : traceId;
}

function traceIdIn({ contextValue }: ExecutionArgs): string {
  return isRecord(contextValue) && typeof contextValue['traceId'] === 'string' ? contextValue['traceId'] : '';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function secondsSince(startedAt: number): number {
  return (performance.now() - startedAt) / 1000;
}

// GraphQL over WebSocket: the same limits, context, error mask and metrics as over HTTP.
import {
  createSourceEventStream,
  type ExecutionArgs,
  type ExecutionResult,
  GraphQLError,
  type GraphQLSchema,
  OperationTypeNode,
} from 'graphql';
import { makeServer } from 'graphql-ws';
import { codeOf, logMasked, toClientError } from './graphql-errors.js';
import { liveResults } from './live-results.js';
import { noRoom } from './open-requests.js';
import type { OperationParts } from './operation-parts.js';
import { observeOperation } from './operation-record.js';
import type { OperationRequest, PreparedOperation } from './prepared-operation.js';
import { isSane } from './request-id.js';
import type { GraphqlSocketServer, SocketExtra } from './websocket-binding.js';

interface SocketOperationParts extends OperationParts {
  readonly schema: GraphQLSchema;
  readonly maxOperationsPerSocket: number;
  readonly connectionInitWaitMs: number;
}

/** An operation with all it runs on. */
interface Asked {
  readonly operation: PreparedOperation;
  readonly request: OperationRequest;
}

export function createSocketOperations(parts: SocketOperationParts): GraphqlSocketServer {
  const { schema, preparation, introspection, requests, createContext, log, metrics } = parts;
  // The protocol's library hands its arguments on; what belongs to them is found here.
  const under = new WeakMap<ExecutionArgs, Asked>();

  const observe = ({ operation, request }: Asked, { errors = [] }: ExecutionResult, startedAt: number) => {
    const seconds = (performance.now() - startedAt) / 1000;
    observeOperation(metrics, { fields: operation.rootFields, errors, seconds });
    const [first] = errors;
    const outcome = first === undefined ? 'ok' : codeOf(first);
    const ms = Math.round(seconds * 100_000) / 100;
    const { traceId } = request.context;
    log.info({ method: 'WS', operation: operation.fieldNames, outcome, ms, traceId }, 'operation');
  };

  const askedIn = (args: ExecutionArgs): Asked => {
    const asked = under.get(args);
    if (asked === undefined) throw new Error('an operation nobody asked for');
    return asked;
  };

  return makeServer<Record<string, unknown>, SocketExtra>({
    connectionInitWaitTimeout: parts.connectionInitWaitMs,
    onSubscribe: ({ subscriptions, extra }, id, { query, operationName, variables }) => {
      const startedAt = performance.now();
      const refuse = (errors: readonly GraphQLError[]) => {
        const seconds = (performance.now() - startedAt) / 1000;
        observeOperation(metrics, { fields: [], errors, seconds });
        return errors;
      };
      if (Object.keys(subscriptions).length > parts.maxOperationsPerSocket)
        return refuse([tooMany(parts.maxOperationsPerSocket)]);
      const operation = preparation.prepare(query, operationName ?? undefined);
      if ('errors' in operation) return refuse(operation.errors);
      // A subscription is under way only while it is looked up and while an event is run.
      if (operation.kind !== OperationTypeNode.SUBSCRIPTION && !requests.hasRoom()) {
        requests.refuse();
        return refuse([new GraphQLError(noRoom().message, { originalError: noRoom() })]);
      }
      const context = createContext({
        traceId: traceIdOf(extra, id),
        client: extra.client,
        receivedAt: Date.now(),
      });
      const request = { variables: variables ?? undefined, context };
      const args = {
        schema,
        document: operation.document,
        operationName: operation.name,
        variableValues: request.variables,
        contextValue: context,
      };
      under.set(args, { operation, request });
      return args;
    },
    execute: async (args) => {
      const startedAt = performance.now();
      const asked = askedIn(args);
      const kind = asked.operation.kind === OperationTypeNode.QUERY ? 'quick' : 'other';
      await new Promise<void>((begin) => requests.enter(begin, kind));
      try {
        const result = await asked.operation.run(asked.request);
        observe(asked, result, startedAt);
        return result;
      } finally {
        requests.leave();
      }
    },
    subscribe: async (args) => {
      const startedAt = performance.now();
      const asked = askedIn(args);
      const source = await createSourceEventStream(args);
      if (!(Symbol.asyncIterator in source)) {
        observe(asked, source, startedAt);
        return source;
      }
      observe(asked, {}, startedAt);
      const { operation, request } = asked;
      return liveResults(
        source,
        (event) => operation.run({ ...request, event }),
        metrics.subscriptions.labels(operation.fieldNames),
      );
    },
    onNext: (_ctx, _id, _payload, args, { data, errors }) => {
      if (errors === undefined) return;
      logMasked(errors, log, askedIn(args).request.context.traceId);
      return {
        ...(data !== undefined && { data }),
        errors: errors.map((error) => toClientError(error, introspection)),
      };
    },
    onError: ({ extra }, id, _payload, errors) => {
      logMasked(errors, log, traceIdOf(extra, id));
      return errors.map((error) => toClientError(error, introspection));
    },
  });
}

function tooMany(limit: number): GraphQLError {
  return new GraphQLError(`At most ${limit} operations at once per connection.`, {
    extensions: { code: 'OVERLOADED' },
  });
}

/** The connection's id and the operation's: clients number operations from one on each connection. */
function traceIdOf({ traceId }: SocketExtra, operationId: string): string {
  return isSane(operationId) ? `${traceId}.${operationId}` : traceId;
}

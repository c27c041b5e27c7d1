// GraphQL over HTTP: reads the request, runs its operation, and answers with the status clients know.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type ExecutionResult, GraphQLError, OperationTypeNode } from 'graphql';
import { acceptedType, type AnswerType } from './accepted-type.js';
import { logMasked, toClientError } from './graphql-errors.js';
import { type HttpFailure, sendFailure } from './http-errors.js';
import { sendNoRoom } from './open-requests.js';
import type { OperationParts } from './operation-parts.js';
import { observeOperation } from './operation-record.js';
import type { OperationRequest, PreparedOperation } from './prepared-operation.js';
import { type HttpOperation, readOperation } from './read-operation.js';
import type { RootField } from './root-fields.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** The root fields it asks for, for the access log. */
    operation: string | undefined;
  }
}

const NOT_ACCEPTABLE: HttpFailure = {
  status: 406,
  code: 'BAD_REQUEST',
  message: 'Accept application/json or application/graphql-response+json.',
};

const QUERIES_ONLY = badRequest('GET answers queries only; send the operation by POST.');
const OVER_SOCKET_ONLY = badRequest(
  'Subscriptions are served over WebSocket at this path, as graphql-transport-ws.',
);

/** The handler of the path: it answers when there is something to answer, and itself returns nothing. */
export function createHttpOperations(parts: OperationParts & { readonly draining: () => boolean }) {
  const { prepare, introspection, requests, draining, createContext, log, metrics } = parts;

  const answer = (
    exchange: Exchange,
    status: number,
    result: ExecutionResult,
    fields: readonly RootField[],
  ) => {
    const { request, reply, type, startedAt } = exchange;
    const { data, errors } = result;
    const seconds = (performance.now() - startedAt) / 1000;
    observeOperation(metrics, { fields, errors: errors ?? [], seconds });
    if (errors !== undefined) logMasked(errors, log, request.id);
    if (draining()) void reply.header('connection', 'close');
    const shown = errors?.map((error) => toClientError(error, introspection));
    void reply
      .code(status)
      .header('content-type', type)
      .send(JSON.stringify({ errors: shown, data }));
  };

  const run = async (operation: PreparedOperation, asked: OperationRequest): Promise<ExecutionResult> => {
    requests.enter();
    try {
      return await operation.run(asked);
    } finally {
      requests.leave();
    }
  };

  const serve = (exchange: Exchange, { query, operationName, variables }: HttpOperation): void => {
    const { request, reply } = exchange;
    const operation = prepare(query, operationName);
    if ('errors' in operation) {
      answer(exchange, 400, operation, []);
      return;
    }
    const { kind, rootFields, fieldNames } = operation;
    request.operation = fieldNames;
    if (request.method === 'GET' && kind !== OperationTypeNode.QUERY) {
      void reply.header('allow', 'POST');
      answer(exchange, 405, QUERIES_ONLY, rootFields);
    } else if (kind === OperationTypeNode.SUBSCRIPTION) {
      answer(exchange, 400, OVER_SOCKET_ONLY, rootFields);
    } else {
      run(operation, { variables, context: createContext(request.id, request.ip) })
        .then((result) => {
          answer(exchange, result.data === undefined ? 400 : 200, result, rootFields);
        })
        .catch((error: unknown) => void reply.send(error));
    }
  };

  return (request: FastifyRequest, reply: FastifyReply): void => {
    const startedAt = performance.now();
    const type = acceptedType(request.headers.accept);
    if (!requests.hasRoom()) sendNoRoom(reply);
    else if (type === undefined) sendFailure(reply, NOT_ACCEPTABLE);
    else {
      const asked = readOperation(request);
      if ('status' in asked) sendFailure(reply, asked, type);
      else serve({ request, reply, type, startedAt }, asked);
    }
  };
}

/** One request with what its answer depends on. */
interface Exchange {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly type: AnswerType;
  readonly startedAt: number;
}

function badRequest(message: string): ExecutionResult {
  return { errors: [new GraphQLError(message, { extensions: { code: 'BAD_REQUEST' } })] };
}

// GraphQL over HTTP: reads the request, runs its operation, and answers with the status clients know.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type ExecutionResult, GraphQLError, OperationTypeNode } from 'graphql';
import type { AppError } from '../errors.js';
import { acceptedType, type AnswerType } from './accepted-type.js';
import { logMasked, toClientError } from './graphql-errors.js';
import { type HttpFailure, sendFailure } from './http-errors.js';
import { sendNoRoom } from './open-requests.js';
import type { OperationParts } from './operation-parts.js';
import { observeOperation } from './operation-record.js';
import type { PacedRefusals } from './paced-refusals.js';
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

// A look at how it begins, without parsing it: questions about the house need not stand in line behind predictions.
const QUERY = /^\s*(?:\{|query\b)/;
const QUERIES_ONLY = badRequest('GET answers queries only; send the operation by POST.');
const OVER_SOCKET_ONLY = badRequest(
  'Subscriptions are served over WebSocket at this path, as graphql-transport-ws.',
);

interface HttpParts extends OperationParts {
  /** Whether one more prediction of this model would be refused, and how. */
  readonly refusal: (model: string, version: number | undefined) => AppError | undefined;
  readonly refusals: PacedRefusals;
  readonly draining: () => boolean;
}

/** The handler of the path: it answers when there is something to answer, and itself returns nothing. */
export function createHttpOperations(parts: HttpParts) {
  const { preparation, introspection, requests, refusal, refusals, draining, createContext, log, metrics } =
    parts;

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

  const serve = async (
    exchange: Exchange,
    { query, operationName, variables }: HttpOperation,
  ): Promise<void> => {
    const { request, reply, receivedAt } = exchange;
    const operation = preparation.prepare(query, operationName);
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
      const context = createContext({ traceId: request.id, client: request.ip, receivedAt });
      const result = await operation.run({ variables, context });
      answer(exchange, result.data === undefined ? 400 : 200, result, rootFields);
    }
  };

  const begin = (exchange: Exchange, asked: HttpOperation): void => {
    // Who is gone is not worked for: under load, clients give up while they wait.
    const served = exchange.reply.raw.destroyed ? Promise.resolve() : serve(exchange, asked);
    void served
      .catch((error: unknown) => void exchange.reply.send(error))
      .finally(() => {
        requests.leave();
      });
  };

  /** What a model has no time for need not be run to find that out. */
  const refuseEarly = (exchange: Exchange, { query, variables }: HttpOperation): boolean => {
    const operation = exchange.request.method === 'POST' ? preparation.known(query) : undefined;
    const target = operation?.predicts(variables);
    const refused = target && refusal(target.model, target.version);
    if (operation === undefined || target === undefined || refused === undefined) return false;
    const { request, reply } = exchange;
    request.operation = operation.fieldNames;
    const error = new GraphQLError(refused.message, { path: [target.key], originalError: refused });
    refusals.add(reply.raw, () =>
      answer(exchange, 200, { data: null, errors: [error] }, operation.rootFields),
    );
    return true;
  };

  return (request: FastifyRequest, reply: FastifyReply): void => {
    const startedAt = performance.now();
    const receivedAt = Date.now();
    const type = acceptedType(request.headers.accept);
    if (!requests.hasRoom()) sendNoRoom(requests, reply);
    else if (type === undefined) sendFailure(reply, NOT_ACCEPTABLE);
    else {
      const asked = readOperation(request);
      if ('status' in asked) sendFailure(reply, asked, type);
      else if (!refuseEarly({ request, reply, type, startedAt, receivedAt }, asked)) {
        const exchange = { request, reply, type, startedAt, receivedAt };
        requests.enter(() => begin(exchange, asked), QUERY.test(asked.query) ? 'quick' : 'other');
      }
    }
  };
}

/** One request with what its answer depends on. */
interface Exchange {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly type: AnswerType;
  /** By the monotonic clock, ms. */
  readonly startedAt: number;
  /** Epoch ms. */
  readonly receivedAt: number;
}

function badRequest(message: string): ExecutionResult {
  return { errors: [new GraphQLError(message, { extensions: { code: 'BAD_REQUEST' } })] };
}

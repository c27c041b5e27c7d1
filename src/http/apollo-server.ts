// GraphQL over HTTP: Apollo with everything that phones home, caches or shows stacks switched off.
import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { GraphQLError, OperationTypeNode, type GraphQLSchema } from 'graphql';
import type { Logger } from 'pino';
import type { Metrics } from '../metrics.js';
import type { DoorContext } from './door-context.js';
import { logMasked, toClientError } from './graphql-errors.js';
import { limitRules, PARSE_LIMITS } from './graphql-limits.js';
import { fieldsIn, observeOperation } from './operation-record.js';

interface ApolloParts {
  readonly schema: GraphQLSchema;
  readonly introspection: boolean;
  readonly log: Logger;
  readonly metrics: Metrics;
}

/** A started server; the caller stops it. */
export async function startApollo({ schema, introspection, log, metrics }: ApolloParts) {
  const server = new ApolloServer<DoorContext>({
    schema,
    introspection,
    // Spelling hints would tell names that introspection hides.
    hideSchemaDetailsFromClientErrors: !introspection,
    includeStacktraceInErrorResponses: false,
    // It would ask every GET for a header; which GET may come is decided at the door, and a POST takes only JSON.
    csrfPrevention: false,
    allowBatchedHttpRequests: false,
    persistedQueries: false,
    stopOnTerminationSignals: false,
    parseOptions: PARSE_LIMITS,
    validationRules: limitRules({ introspection }),
    logger: log,
    formatError: (formatted, error) => withApolloCode(toClientError(error), formatted),
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      recordOperations(log, metrics),
    ],
  });
  await server.start();
  return server;
}

type Formatted = ReturnType<typeof toClientError>;

// Errors of the request itself get their code from Apollo while it formats them, not before.
function withApolloCode(error: Formatted, formatted: Formatted): Formatted {
  const code = formatted.extensions?.['code'];
  if (error.extensions?.['code'] !== 'INTERNAL' || typeof code !== 'string') return error;
  if (code === 'INTERNAL_SERVER_ERROR' || code === 'INTERNAL') return error;
  return { ...error, message: formatted.message, extensions: { code, retryable: false } };
}

function overSocketOnly(): GraphQLError {
  return new GraphQLError('Subscriptions are served over WebSocket at this path, as graphql-transport-ws.', {
    extensions: { code: 'BAD_REQUEST', http: { status: 400 } },
  });
}

function recordOperations(log: Logger, metrics: Metrics): ApolloServerPlugin<DoorContext> {
  return {
    requestDidStart: () => {
      const startedAt = performance.now();
      return Promise.resolve({
        didResolveOperation: ({ operation }) =>
          operation?.operation === OperationTypeNode.SUBSCRIPTION
            ? Promise.reject(overSocketOnly())
            : Promise.resolve(),
        willSendResponse: ({ contextValue, document, operation, errors = [] }) => {
          const fields = document && operation ? fieldsIn(document, operation) : [];
          contextValue.asked.operation = fields.map(({ name }) => name).join(',') || undefined;
          observeOperation(metrics, { fields, errors, seconds: (performance.now() - startedAt) / 1000 });
          logMasked(errors, log, contextValue.traceId);
          return Promise.resolve();
        },
      });
    },
  };
}

// GraphQL on one path: queries and mutations over HTTP, everything over WebSocket, and the explorer for browsers.
import fastifyApollo from '@as-integrations/fastify';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { Metrics } from '../metrics.js';
import { createApiSchema } from '../resolvers/create-api-schema.js';
import type { ApiFaces } from '../resolvers/faces.js';
import { createLiveSubscriptions } from '../resolvers/live-subscriptions.js';
import type { AllowedOrigins } from './allowed-origin.js';
import { startApollo } from './apollo-server.js';
import type { DoorContext } from './door-context.js';
import { isForeignPage } from './foreign-page.js';
import { sendFailure } from './http-errors.js';
import { addFrontPage, createExplorer, wantsPage } from './pages.js';
import { openWebSocketDoor } from './websocket-door.js';
import { createSocketOperations } from './websocket-operations.js';

const PATH = '/graphql';

export interface GraphqlOptions {
  readonly faces: ApiFaces;
  readonly introspection: boolean;
  /** Serves an interactive explorer to browsers at `/graphql`; it needs introspection. */
  readonly explorer: boolean;
  /** Open WebSockets of this process. Default 1000. */
  readonly maxSockets?: number;
  /** Default 100. */
  readonly maxSocketsPerAddress?: number;
  /** Operations at once on one WebSocket, subscriptions included. Default 100. */
  readonly maxOperationsPerSocket?: number;
  /** Default 3000. */
  readonly connectionInitWaitMs?: number;
  /** Between pings. Default 12000. */
  readonly keepAliveMs?: number;
}

interface DoorParts extends GraphqlOptions {
  readonly allowedOrigins: AllowedOrigins;
  readonly createId: () => string;
  readonly log: Logger;
  readonly metrics: Metrics;
}

interface GraphqlDoor {
  /** The root fields a request asked for, for the access log. */
  operationOf(request: FastifyRequest): string | undefined;
  closeSockets(graceMs: number): Promise<void>;
  stop(): Promise<void>;
}

const CALLER = 'anonymous';
const FOREIGN_PAGE = {
  status: 403,
  code: 'FORBIDDEN',
  message: 'Pages of this origin may not ask here; list it in CORS_ORIGINS.',
};

export async function addGraphqlDoor(app: FastifyInstance, parts: DoorParts): Promise<GraphqlDoor> {
  const { faces, introspection, log, metrics } = parts;
  const schema = createApiSchema(faces);
  const live = createLiveSubscriptions(faces);
  const contexts = new WeakMap<FastifyRequest, DoorContext>();
  const apollo = await startApollo({ schema, introspection, log, metrics });
  if (parts.explorer) {
    const sendExplorer = createExplorer();
    app.addHook('onRequest', async (request, reply) => {
      if (request.routeOptions.url === PATH && wantsPage(request)) return sendExplorer(reply);
    });
  }
  app.addHook('onRequest', async (request, reply) => {
    if (request.routeOptions.url === PATH && isForeignPage(request, parts.allowedOrigins))
      return sendFailure(reply, FOREIGN_PAGE);
  });
  await app.register(fastifyApollo(apollo), {
    path: PATH,
    context: (request: FastifyRequest) => {
      const context: DoorContext = {
        traceId: request.id,
        caller: CALLER,
        live,
        asked: { operation: undefined },
      };
      contexts.set(request, context);
      return Promise.resolve(context);
    },
  });
  addFrontPage(app, { registry: faces.registry, explorer: parts.explorer });

  const sockets = openWebSocketDoor({
    httpServer: app.server,
    path: PATH,
    allowedOrigins: parts.allowedOrigins,
    maxSockets: parts.maxSockets ?? 1000,
    maxSocketsPerAddress: parts.maxSocketsPerAddress ?? 100,
    keepAliveMs: parts.keepAliveMs ?? 12_000,
    createId: parts.createId,
    log,
    metrics,
    graphql: createSocketOperations({
      schema,
      introspection,
      maxOperationsPerSocket: parts.maxOperationsPerSocket ?? 100,
      connectionInitWaitMs: parts.connectionInitWaitMs ?? 3000,
      createContext: (traceId) => ({ traceId, caller: CALLER, live }),
      log,
      metrics,
    }),
  });
  return {
    operationOf: (request) => contexts.get(request)?.asked.operation,
    closeSockets: (graceMs) => sockets.close(graceMs),
    stop: () => apollo.stop(),
  };
}

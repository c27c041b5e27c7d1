// GraphQL on one path: queries and mutations over HTTP, everything over WebSocket, and the explorer for browsers.
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { Metrics } from '../metrics.js';
import { createApiSchema } from '../resolvers/create-api-schema.js';
import type { ApiFaces } from '../resolvers/faces.js';
import { createLiveSubscriptions } from '../resolvers/live-subscriptions.js';
import type { AllowedOrigins } from './allowed-origin.js';
import { isForeignPage } from './foreign-page.js';
import { sendFailure } from './http-errors.js';
import { createHttpOperations } from './http-operations.js';
import { createOpenRequests, sendNoRoom } from './open-requests.js';
import type { OperationParts } from './operation-parts.js';
import { addFrontPage, createExplorer, wantsPage } from './pages.js';
import { createPacedRefusals } from './paced-refusals.js';
import { createPreparation } from './prepare-operation.js';
import { createTurnAway, type TurnAway } from './turn-away.js';
import { openWebSocketDoor } from './websocket-door.js';
import { createSocketOperations } from './websocket-operations.js';

const PATH = '/graphql';

export interface GraphqlOptions {
  readonly faces: ApiFaces;
  readonly introspection: boolean;
  /** Serves an interactive explorer to browsers at `/graphql`; it needs introspection. */
  readonly explorer: boolean;
  /** Requests under way at once in this process; one more is refused OVERLOADED. Default 1000. */
  readonly maxOpenRequests?: number;
  /** How long a request may wait here before work on it begins; later ones are refused OVERLOADED. Default 250. */
  readonly maxWaitMs?: number;
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
  readonly draining: () => boolean;
  readonly log: Logger;
  readonly metrics: Metrics;
}

export interface GraphqlDoor {
  readonly turnAway: TurnAway;
  closeSockets(graceMs: number): Promise<void>;
}

const CALLER = 'anonymous';
const FOREIGN_PAGE = {
  status: 403,
  code: 'FORBIDDEN',
  message: 'Pages of this origin may not ask here; list it in CORS_ORIGINS.',
};

export function addGraphqlDoor(app: FastifyInstance, parts: DoorParts): GraphqlDoor {
  const { faces, introspection, allowedOrigins, log, metrics } = parts;
  const schema = createApiSchema(faces);
  const live = createLiveSubscriptions(faces);
  const requests = createOpenRequests(
    { maxOpen: parts.maxOpenRequests ?? 1000, maxWaitMs: parts.maxWaitMs ?? 250 },
    metrics,
  );
  const refusals = createPacedRefusals(() => requests.isIdle());
  const operations: OperationParts = {
    preparation: createPreparation(schema, introspection),
    introspection,
    requests,
    createContext: (origin) => ({ ...origin, caller: CALLER, live }),
    log,
    metrics,
  };
  const sendExplorer = parts.explorer ? createExplorer() : undefined;
  app.route({
    method: ['GET', 'POST', 'OPTIONS'],
    url: PATH,
    onRequest: (request, reply, done) => {
      if (sendExplorer !== undefined && wantsPage(request)) sendExplorer(reply);
      else if (isForeignPage(request, allowedOrigins)) sendFailure(reply, FOREIGN_PAGE);
      else if (!requests.hasRoom()) sendNoRoom(requests, reply);
      else done();
    },
    handler: createHttpOperations({
      ...operations,
      refusals,
      refusal: (model, version) => faces.serving.refusal(model, version),
      draining: parts.draining,
    }),
  });
  addFrontPage(app, { registry: faces.registry, explorer: parts.explorer });

  const sockets = openWebSocketDoor({
    httpServer: app.server,
    path: PATH,
    allowedOrigins,
    maxSockets: parts.maxSockets ?? 1000,
    maxSocketsPerAddress: parts.maxSocketsPerAddress ?? 100,
    keepAliveMs: parts.keepAliveMs ?? 12_000,
    createId: parts.createId,
    log,
    metrics,
    graphql: createSocketOperations({
      ...operations,
      schema,
      maxOperationsPerSocket: parts.maxOperationsPerSocket ?? 100,
      connectionInitWaitMs: parts.connectionInitWaitMs ?? 3000,
    }),
  });
  return {
    turnAway: createTurnAway({ path: PATH, requests, refusals, draining: parts.draining, log, metrics }),
    closeSockets: (graceMs) => sockets.close(graceMs),
  };
}

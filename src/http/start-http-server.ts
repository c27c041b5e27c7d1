// The door: one HTTP server with health and metrics, and GraphQL where a process serves the API.
import { createServer } from 'node:http';
import fastify, { type FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { Metrics } from '../metrics.js';
import type { DependencyState } from '../resolvers/faces.js';
import type { KeptPictures } from '../uploads/kept-pictures.js';
import type { UploadStore } from '../uploads/upload-store.js';
import { logAccess } from './access-log.js';
import type { AllowedOrigins } from './allowed-origin.js';
import { answerOrigin } from './cors.js';
import { addGraphqlDoor, type GraphqlDoor, type GraphqlOptions } from './graphql-door.js';
import { addHealthRoutes } from './health-routes.js';
import { createHttpErrorHandler, sendFailure } from './http-errors.js';
import { addMetricsRoute } from './metrics-route.js';
import { addPredictionImageRoute } from './prediction-image-route.js';
import { requestIdOf } from './request-id.js';
import { createSlowTransfers } from './slow-transfers.js';
import { addUploadRoute } from './upload-route.js';

export interface HttpServerOptions {
  /** 0 takes any free one. */
  readonly port: number;
  readonly host: string;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Request ids, for callers who bring none. */
  readonly createId: () => string;
  /** What readiness depends on; answers later than `checkTimeoutMs` (default 2000) count as down. */
  readonly checks: () => Promise<readonly DependencyState[]>;
  readonly checkTimeoutMs?: number;
  /** Called before each scrape. */
  readonly collect?: () => Promise<void>;
  /** Of a GraphQL request. Default 8 MiB. */
  readonly bodyLimitBytes?: number;
  /** Pages of other origins that may call this server and open WebSockets. Default: none. */
  readonly allowedOrigins?: AllowedOrigins;
  /** Absent in a process that only works or watches: it then answers `/health/*` and `/metrics` alone. */
  readonly graphql?: GraphqlOptions;
  /** Takes in pictures at `/uploads/<id>`; absent where no API is served. */
  readonly uploads?: Pick<UploadStore, 'receive'>;
  /** Answers `/predictions/<id>/image`. */
  readonly keptPictures?: Pick<KeptPictures, 'find'>;
}

export interface HttpServer {
  readonly url: string;
  readonly port: number;
  /** From now on not ready, so that no new work is sent here; what comes is still served. */
  drain(): void;
  /** Ends subscriptions with 1001, takes no connection more, and cuts what is not answered within `graceMs`. */
  stop(graceMs: number): Promise<void>;
}

const DEFAULT_BODY_BYTES = 8 * 1024 * 1024;
const RECEIVE_TIMEOUT_MS = 30_000;
// Longer than load balancers keep a connection, so that it is they who close an idle one.
const KEEP_ALIVE_MS = 72_000;

/** Resolves when the server listens; rejects when the port is taken. */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const { metrics, createId, allowedOrigins = [] } = options;
  const log = options.log.child({ room: 'http' });
  const slow = createSlowTransfers();
  let draining = false;
  const app = fastify({
    logger: false,
    bodyLimit: options.bodyLimitBytes ?? DEFAULT_BODY_BYTES,
    serverFactory: (handle) =>
      createServer(
        { requestTimeout: RECEIVE_TIMEOUT_MS, keepAliveTimeout: KEEP_ALIVE_MS },
        (request, response) => {
          if (door?.turnAway(request, response) !== true) handle(request, response);
        },
      ),
    return503OnClosing: false,
    clientErrorHandler: slow.onClientError,
    genReqId: ({ headers }) => requestIdOf(headers, createId),
    frameworkErrors: (error, request, reply) => {
      createHttpErrorHandler(log)(error, request, reply);
    },
  });
  addBasics(app, log);
  app.decorateRequest('operation', undefined);
  // One hook for all of it: each one more would be paid for by every request.
  app.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id).header('x-content-type-options', 'nosniff');
    // Clients are told to come back elsewhere, before their idle connection is cut under a new request.
    if (draining) void reply.header('connection', 'close');
    if (!answerOrigin(request, reply, allowedOrigins)) done();
  });
  addHealthRoutes(app, {
    checks: options.checks,
    timeoutMs: options.checkTimeoutMs ?? 2000,
    draining: () => draining,
  });
  addMetricsRoute(app, { metrics, collect: options.collect, log });
  const door: GraphqlDoor | undefined =
    options.graphql &&
    addGraphqlDoor(app, {
      ...options.graphql,
      allowedOrigins,
      createId,
      draining: () => draining,
      log,
      metrics,
    });
  const { keptPictures } = options;
  if (keptPictures !== undefined) addPredictionImageRoute(app, { keptPictures });
  if (options.uploads !== undefined) addUploadRoute(app, { uploads: options.uploads, slow, metrics });
  logAccess(app, log, metrics);
  await app.listen({ port: options.port, host: options.host });
  const address = app.server.address();
  const port = typeof address === 'object' && address !== null ? address.port : options.port;

  return {
    url: `http://${options.host.includes(':') ? `[${options.host}]` : options.host}:${port}`,
    port,
    drain: () => void (draining = true),
    async stop(graceMs) {
      draining = true;
      const cut = setTimeout(() => app.server.closeAllConnections(), graceMs);
      await Promise.all([app.close(), door?.closeSockets(graceMs)]);
      clearTimeout(cut);
    },
  };
}

function addBasics(app: FastifyInstance, log: Logger): void {
  app.setErrorHandler(createHttpErrorHandler(log));
  app.setNotFoundHandler((_request, reply) =>
    sendFailure(reply, { status: 404, code: 'NOT_FOUND', message: 'There is nothing at this path.' }),
  );
  // Only JSON, and kept as it came: a key like `__proto__` stays an own property that the input rules can name.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
    try {
      done(null, JSON.parse(body.toString()));
    } catch {
      done(Object.assign(new Error('not JSON'), { code: 'FST_ERR_CTP_INVALID_JSON_BODY', statusCode: 400 }));
    }
  });
}

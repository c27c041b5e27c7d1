// One log line and one observation per HTTP request; never what was in it.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { Metrics } from '../metrics.js';

interface AccessLogParts {
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly operationOf: (request: FastifyRequest) => string | undefined;
}

/** Probes and scrapes come every few seconds, so they are logged at debug. */
export function logAccess(app: FastifyInstance, { log, metrics, operationOf }: AccessLogParts): void {
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'unknown';
    const { method, id: traceId } = request;
    const status = reply.statusCode;
    metrics.httpRequestSeconds.observe({ route, method, status }, reply.elapsedTime / 1000);
    const level = route === '/metrics' || route.startsWith('/health/') ? 'debug' : 'info';
    const ms = Math.round(reply.elapsedTime * 100) / 100;
    log[level]({ method, route, status, ms, operation: operationOf(request), traceId }, 'request');
    return Promise.resolve();
  });
}

// One log line and one observation per HTTP request; never what was in it.
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { Metrics } from '../metrics.js';

/** Probes and scrapes come every few seconds, and refusals by the thousand, so they are logged at debug. */
export function logAccess(app: FastifyInstance, log: Logger, metrics: Metrics): void {
  app.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'unknown';
    const { method, id: traceId, operation } = request;
    const status = reply.statusCode;
    metrics.httpRequestSeconds.observe({ route, method, status }, reply.elapsedTime / 1000);
    const quiet = status === 503 || route === '/metrics' || route.startsWith('/health/');
    const ms = Math.round(reply.elapsedTime * 100) / 100;
    log[quiet ? 'debug' : 'info']({ method, route, status, ms, operation, traceId }, 'request');
    done();
  });
}

// Prometheus text.
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { Metrics } from '../metrics.js';

interface MetricsParts {
  readonly metrics: Metrics;
  /** Brings gauges that are read on demand up to date; when it fails the others are still shown. */
  readonly collect: (() => Promise<void>) | undefined;
  readonly log: Logger;
}

export function addMetricsRoute(app: FastifyInstance, { metrics, collect, log }: MetricsParts): void {
  app.get('/metrics', async (_request, reply) => {
    await collect?.().catch((error: unknown) => log.warn({ err: error }, 'some metrics are out of date'));
    return reply.type(metrics.registry.contentType).send(await metrics.registry.metrics());
  });
}

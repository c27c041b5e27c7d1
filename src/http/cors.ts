// Lets pages of allowed origins read answers; other pages get no permission, and the browser keeps the answer from them.
import type { FastifyInstance } from 'fastify';
import { type AllowedOrigins, isOriginAllowed } from './allowed-origin.js';

const PREFLIGHT_SECONDS = 600;

export function allowOrigins(app: FastifyInstance, allowed: AllowedOrigins): void {
  app.addHook('onRequest', async (request, reply) => {
    const { origin, host } = request.headers;
    if (origin === undefined) return;
    void reply.header('vary', 'origin');
    if (!isOriginAllowed(origin, host, allowed)) return;
    void reply.header('access-control-allow-origin', origin);
    void reply.header('access-control-expose-headers', 'x-request-id');
    if (request.method !== 'OPTIONS' || request.headers['access-control-request-method'] === undefined)
      return;
    return reply
      .header('access-control-allow-methods', 'GET, POST')
      .header(
        'access-control-allow-headers',
        'content-type, authorization, x-request-id, apollo-require-preflight',
      )
      .header('access-control-max-age', PREFLIGHT_SECONDS)
      .code(204)
      .send();
  });
}

// Lets pages of allowed origins read answers; other pages get no permission, and the browser keeps the answer from them.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type AllowedOrigins, isOriginAllowed } from './allowed-origin.js';

const PREFLIGHT_SECONDS = 600;

/** Answers whether the request was only the question of a browser whether it may ask, which is then answered. */
export function answerOrigin(
  { method, headers }: FastifyRequest,
  reply: FastifyReply,
  allowed: AllowedOrigins,
): boolean {
  const { origin, host } = headers;
  if (origin === undefined) return false;
  void reply.header('vary', 'origin');
  if (!isOriginAllowed(origin, host, allowed)) return false;
  void reply.header('access-control-allow-origin', origin);
  void reply.header('access-control-expose-headers', 'x-request-id, retry-after');
  if (method !== 'OPTIONS' || headers['access-control-request-method'] === undefined) return false;
  void reply
    .header('access-control-allow-methods', 'GET, POST, PUT')
    .header(
      'access-control-allow-headers',
      'content-type, authorization, x-request-id, apollo-require-preflight',
    )
    .header('access-control-max-age', PREFLIGHT_SECONDS)
    .code(204)
    .send();
  return true;
}

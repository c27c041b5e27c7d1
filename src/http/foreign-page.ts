// Keeps pages of other sites from asking anything by GET, which browsers send for them without a preflight.
import type { FastifyRequest } from 'fastify';
import { type AllowedOrigins, isOriginAllowed } from './allowed-origin.js';

/**
 * True for a request that a browser makes for a page of another site whose origin is not allowed. A query has no side
 * effect and CORS keeps its answer from such a page, but how long it took or how large it was would still tell. Programs
 * send no `Sec-Fetch-Site`, and are let in; so are browsers that do not know it, where CORS alone stands guard. A POST
 * needs no such check: it takes only JSON, for which every browser asks first.
 */
export function isForeignPage({ method, headers }: FastifyRequest, allowed: AllowedOrigins): boolean {
  const site = headers['sec-fetch-site'];
  if (method !== 'GET' || site === undefined || site === 'same-origin' || site === 'none') return false;
  return headers.origin === undefined || !isOriginAllowed(headers.origin, headers.host, allowed);
}

// Refuses what there is no room for with as little work as can be: under overload most requests end here.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import type { Metrics } from '../metrics.js';
import { NO_ROOM, type OpenRequests } from './open-requests.js';
import type { PacedRefusals } from './paced-refusals.js';
import { isSane } from './request-id.js';

const HEADERS = Object.entries({ ...NO_ROOM.headers, 'x-content-type-options': 'nosniff' }).flat();

export interface TurnAwayParts {
  readonly path: string;
  readonly requests: OpenRequests;
  readonly refusals: PacedRefusals;
  readonly draining: () => boolean;
  readonly log: Logger;
  readonly metrics: Metrics;
}

/** Answers whether it refused the request: its body is not read then, nor does the framework see it. */
export type TurnAway = (request: IncomingMessage, response: ServerResponse) => boolean;

export function createTurnAway({
  path,
  requests,
  refusals,
  draining,
  log,
  metrics,
}: TurnAwayParts): TurnAway {
  return (request, response) => {
    const { url = '', method = '', headers } = request;
    if (!url.startsWith(path) || requests.hasRoom()) return false;
    // Pages are told why they may not ask, or that they may, and a stopping server says more: rare enough for the long way.
    if (headers.origin !== undefined || draining() || !isPathOf(url, path)) return false;
    const receivedAt = performance.now();
    requests.refuse();
    refusals.add(response, () => {
      const id = headers['x-request-id'];
      const known = typeof id === 'string' && isSane(id) ? ['x-request-id', id] : [];
      response.sendDate = false;
      response.writeHead(NO_ROOM.status, [...HEADERS, ...known]);
      // As text it leaves in one write with its head.
      response.end(NO_ROOM.body);
      const tookMs = performance.now() - receivedAt;
      metrics.httpRequestSeconds.observe({ route: path, method, status: NO_ROOM.status }, tookMs / 1000);
      if (log.isLevelEnabled('debug'))
        log.debug({ method, route: path, status: NO_ROOM.status, traceId: known[1] }, 'request');
    });
    return true;
  };
}

function isPathOf(url: string, path: string): boolean {
  return url.length === path.length || url[path.length] === '?';
}

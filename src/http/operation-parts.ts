// What operations need that come over HTTP and over WebSocket alike.
import type { Logger } from 'pino';
import type { Metrics } from '../metrics.js';
import type { RequestContext } from '../resolvers/request-context.js';
import type { OpenRequests } from './open-requests.js';
import type { Preparation } from './prepare-operation.js';

export interface OperationParts {
  readonly preparation: Preparation;
  readonly introspection: boolean;
  readonly requests: OpenRequests;
  readonly createContext: (
    origin: Pick<RequestContext, 'traceId' | 'client' | 'receivedAt'>,
  ) => RequestContext;
  readonly log: Logger;
  readonly metrics: Metrics;
}

// What every GraphQL operation carries with it, over HTTP and over WebSocket alike.
import type { LiveSubscriptions } from './live-subscriptions.js';

export interface RequestContext {
  /** The request's id; every room's log lines carry it. */
  readonly traceId: string;
  /** Who asks, as far as the door knows. */
  readonly caller: string;
  /** The address they ask from; never logged or stored. */
  readonly client: string;
  /** When it came to this process, epoch ms. */
  readonly receivedAt: number;
  readonly live: LiveSubscriptions;
}

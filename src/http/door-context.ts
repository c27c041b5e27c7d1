// The context of one operation as the door keeps it: what resolvers get, and what the access log wants back.
import type { RequestContext } from '../resolvers/request-context.js';

export interface DoorContext extends RequestContext {
  /** Apollo copies the context for each operation, so what is written back stands in an object of its own. */
  readonly asked: { operation: string | undefined };
}

// What a sink promises: take one notification to people, and say whether a failure is worth another try.
import type { AlertTransition } from '../../events/alert-transition.js';

/** How one attempt to deliver went. */
export type Delivery =
  | { readonly outcome: 'delivered' }
  /** `reason` is a sentence for logs and never holds an address or a secret. */
  | { readonly outcome: 'failed'; readonly retry: boolean; readonly reason: string };

/** A way to people. The same notification may come twice; its id lets the far side drop the second. */
export interface Sink {
  /** Unique among sinks and stable over restarts: it is part of the id of every delivery. */
  readonly name: string;
  /** `others` happened in the same evaluation and have, most likely, the same cause: one message tells of all. */
  deliver(notification: AlertTransition, others?: readonly AlertTransition[]): Promise<Delivery>;
}

// Live traffic for one model, for simulators.
import type { Instance } from './instance.js';

/** Draws the next instance as it would arrive at this moment; a source of traffic is seeded and never runs dry. */
export type Traffic = (at: Date) => Instance;

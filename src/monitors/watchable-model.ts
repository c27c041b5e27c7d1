// What a watch asks about the versions of its model; whoever starts monitoring answers from the registry.
import type { MonitorSubject, WatchedManifest } from './monitor.js';

/** A model to watch, or Vigie itself. Its manifest stays as it is; the version in production may move. */
export interface WatchableModel {
  readonly manifest: WatchedManifest;
  /** This version; where it is not known, or none is named, the one in production. */
  subject(version?: number): MonitorSubject;
  /**
   * The version in production, looked up anew now that entries of the versions `met` were read. May take a while where one
   * of them is not known yet; `signal` ends that.
   */
  production(met: readonly number[], signal: AbortSignal): Promise<number>;
}

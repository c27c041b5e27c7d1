// The background jobs: telling people about alerts, and dropping what is older than the retention.
import type { Logger } from 'pino';
import type { JobPayload, JobsOn } from '../queue/catalogue.js';
import type { Store } from '../store/store.js';
import type { Handlers } from './read-job.js';

export interface BackgroundOptions {
  /** Delivers one notification to one sink; a throw that is not final is tried again. */
  readonly deliver: (payload: JobPayload<'deliver-notification'>) => Promise<void>;
  readonly store: Store;
  readonly retentionDays: number;
  readonly now: () => number;
  readonly log: Logger;
}

/** Makes the handlers of the background queue. */
export function createBackgroundHandlers(options: BackgroundOptions): Handlers<JobsOn<'background'>> {
  const { store, retentionDays, now, log } = options;
  return {
    'deliver-notification': options.deliver,
    'enforce-retention': async () => {
      const dropped = await store.enforceRetention(retentionDays, now());
      if (dropped.length > 0) log.info({ dropped, retentionDays }, 'retention enforced');
    },
  };
}

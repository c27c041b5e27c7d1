// Vigie itself as something to watch, side by side with the models: no features, no versions, settings from SYSTEM_WATCH.
import type { Config } from '../config.js';
import { SYSTEM_SUBJECT } from '../manifest/system-subject.js';
import { NO_VERSION } from '../monitors/monitor.js';
import type { WatchableModel } from '../monitors/watchable-model.js';

/** One for all processes: what they share, and what one of them does to the others, is one alert. */
export function createWatchableSystem({ monitors, alerts }: Config['systemWatch']): WatchableModel {
  const manifest: WatchableModel['manifest'] = {
    name: SYSTEM_SUBJECT,
    title: 'Vigie itself',
    task: 'system',
    features: [],
    classes: [],
    inputs: [],
    outputs: {},
    device: 'any',
    maxBatchRows: 1,
    inference: {},
    answerCache: false,
    monitors,
    alerts,
  };
  return {
    manifest,
    subject: () => ({ manifest, version: NO_VERSION, reference: undefined }),
    production: () => Promise.resolve(NO_VERSION),
  };
}

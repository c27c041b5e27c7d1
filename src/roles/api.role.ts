// The API role: serving, history and live feeds behind the GraphQL door.
import { createAcknowledge } from '../alerts/acknowledge.js';
import { alertTransitionSchema } from '../events/alert-transition.js';
import { monitorReportSchema } from '../events/monitor-report.js';
import { predictionBatchSchema } from '../events/prediction-batch.js';
import { recordsOf, type PredictionRecord } from '../events/prediction-record.js';
import { startTailReader } from '../events/tail-reader.js';
import type { ApiFaces, DependencyState } from '../resolvers/faces.js';
import { createFeed } from '../resolvers/live-feed.js';
import { createServing } from '../serving/create-serving.js';
import { startDispatch } from '../serving/dispatch.js';
import { createPseudonymiser, readOrMakeSecret } from '../serving/pseudonym.js';
import { createRecentPredictions } from '../serving/recent-predictions.js';
import { createRequestIds } from '../serving/request-ids.js';
import { createSubmitFeedback } from '../serving/submit-feedback.js';
import type { Store } from '../store/store.js';
import type { House } from './house.js';
import { checkDependencies, createHealth } from './health.js';
import { createMonitorReports } from './monitor-reports.js';
import { watchWorkers } from './watch-workers.js';

export interface ApiRole {
  /** What the resolvers ask for. */
  readonly faces: ApiFaces;
  /** What predictions need beside this process. */
  readonly checks: () => Promise<readonly DependencyState[]>;
  /** Refuses new predictions and waits for those under way. */
  drain(): Promise<void>;
}

export async function startApiRole(house: House, store: Store, version: string): Promise<ApiRole> {
  const { config, log, redis, keys, registry, writer, producer, createId, now } = house;
  const models = registry.models().map(({ manifest }) => manifest.name);
  const workers = await watchWorkers(house);
  house.onStop('worker watch', () => workers.stop());

  const recent = createRecentPredictions({ redis, keys, producer });
  const dispatch = await startDispatch({ ...house, onAnswer: (record) => recent.remember(record) });
  house.onStop('dispatch', () => dispatch.stop());
  const lookUp = async (id: string): Promise<PredictionRecord | undefined> => {
    const [known, logged] = await Promise.all([
      recent.find(id),
      store.predictions.find([id]).catch(() => new Map<string, PredictionRecord>()),
    ]);
    return logged.get(id) ?? known;
  };
  const serving = createServing({
    ...house,
    dispatch,
    requestIds: createRequestIds({ redis, keys }),
    recent,
    lookUp,
    hasWorker: (queue) => workers.take(queue),
    pseudonymise: createPseudonymiser(config.serving.subjectSecret ?? readOrMakeSecret(config.dataDir)),
    maxWaitingRows: config.serving.maxWaitingRows,
  });
  const reports = createMonitorReports({ redis, keys, models, log });
  const faces: ApiFaces = {
    registry,
    serving,
    store,
    submitFeedback: createSubmitFeedback({
      find: async (ids) => await findAll(ids, store, recent),
      registry,
      append: (model, batch) => writer.append(keys.model(model).feedback, batch),
      createId,
      now,
    }),
    acknowledge: createAcknowledge({ redis, keys, models, now, createId }),
    monitorReports: reports,
    workers: () => workers.read(),
    health: createHealth({ ...house, store, version, reports, workers }),
    live: await startFeeds(house, models),
    now,
  };
  return {
    faces,
    checks: () => checkDependencies(redis, store, workers),
    drain: () => serving.drain(config.stopGraceMs),
  };
}

/** Predictions this process has just made are known before the log has them. */
async function findAll(
  ids: readonly string[],
  store: Store,
  recent: { find(id: string): Promise<PredictionRecord | undefined> },
): Promise<Map<string, PredictionRecord>> {
  const found = new Map<string, PredictionRecord>(await store.predictions.find(ids));
  const missing = ids.filter((id) => !found.has(id));
  for (const record of await Promise.all(missing.map((id) => recent.find(id)))) {
    if (record !== undefined) found.set(record.id, record);
  }
  return found;
}

async function startFeeds(
  { redis, keys, log, onStop }: House,
  models: readonly string[],
): Promise<ApiFaces['live']> {
  const live: ApiFaces['live'] = { predictions: createFeed(), reports: createFeed(), alerts: createFeed() };
  const from = (stream: 'predictions' | 'measurements' | 'alerts') =>
    Object.fromEntries(models.map((name) => [keys.model(name)[stream], '$']));
  const common = { redis, log, maxEntries: 100 };
  const tails = await Promise.all([
    startTailReader({
      ...common,
      from: from('predictions'),
      schema: predictionBatchSchema,
      onEntries: (entries) => {
        if (live.predictions.subscribers() === 0) return;
        for (const { value } of entries)
          for (const record of recordsOf(value)) live.predictions.publish(record);
      },
    }),
    startTailReader({
      ...common,
      from: from('measurements'),
      schema: monitorReportSchema,
      onEntries: (entries) => entries.forEach(({ value }) => live.reports.publish(value)),
    }),
    startTailReader({
      ...common,
      from: from('alerts'),
      schema: alertTransitionSchema,
      onEntries: (entries) => entries.forEach(({ value }) => live.alerts.publish(value)),
    }),
  ]);
  onStop('live feeds', async () => {
    await Promise.all(tails.map((tail) => tail.stop()));
  });
  return live;
}

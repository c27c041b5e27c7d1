// The API role: serving, history and live feeds behind the GraphQL door.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createAcknowledge } from '../alerts/acknowledge.js';
import { createSilences } from '../alerts/silences.js';
import { alertTransitionCodec } from '../events/alert-transition.js';
import { feedbackBatchCodec } from '../events/feedback-batch.js';
import { monitorReportCodec } from '../events/monitor-report.js';
import { pictureProgressCodec } from '../events/picture-progress.js';
import { predictionBatchCodec } from '../events/prediction-codec.js';
import { recordsOf, type PredictionRecord } from '../events/prediction-record.js';
import { startTailReader } from '../events/tail-reader.js';
import { SYSTEM_SUBJECT } from '../manifest/system-subject.js';
import type { ApiFaces, DependencyState } from '../resolvers/faces.js';
import { createFeed } from '../resolvers/live-feed.js';
import { createServing } from '../serving/create-serving.js';
import { startDispatch } from '../serving/dispatch.js';
import { createPseudonymiser, readOrMakeSecret } from '../serving/pseudonym.js';
import { createRecentPredictions } from '../serving/recent-predictions.js';
import { createRequestIds } from '../serving/request-ids.js';
import { createSubmitFeedback } from '../serving/submit-feedback.js';
import type { Store } from '../store/store.js';
import { createKeptPictures, type KeptPictures } from '../uploads/kept-pictures.js';
import type { UploadStore } from '../uploads/upload-store.js';
import { gateProduction } from './gate-production.js';
import type { House } from './house.js';
import { openUploads, sweepPictures } from './open-uploads.js';
import { checkDependencies, createHealth } from './health.js';
import { createMonitorReports } from '../monitors/monitor-reports.js';
import { watchWorkers } from '../queue/watch-workers.js';

export interface ApiRole {
  /** What the resolvers ask for. */
  readonly faces: ApiFaces;
  /** Where the door brings the bytes of pictures. */
  readonly uploads: UploadStore;
  readonly keptPictures: KeptPictures;
  /** What predictions need beside this process. */
  readonly checks: () => Promise<readonly DependencyState[]>;
  /** Refuses new predictions and waits for those under way. */
  drain(): Promise<void>;
}

export async function startApiRole(house: House, store: Store, version: string): Promise<ApiRole> {
  const { config, log, redis, keys, writer, producer, createId, now } = house;
  const models = house.registry.models().map(({ manifest }) => manifest.name);
  const watched = [...models, SYSTEM_SUBJECT];
  const workers = await watchWorkers(house);
  house.onStop('worker watch', () => workers.stop());
  const gate = gateProduction({ ...house, workers });
  house.onStop('production gate', () => gate.stop());
  const { registry } = gate;
  const uploads = openUploads(house);
  const keptPictures = createKeptPictures(config.uploads.keptDir);
  sweepPictures(house, uploads, keptPictures);

  const recent = createRecentPredictions({ redis, keys, producer });
  const dispatch = await startDispatch({
    ...house,
    models,
    onAnswer: (batch, posted) => recent.remember(batch, posted),
  });
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
    registry,
    dispatch,
    requestIds: createRequestIds({ redis, keys }),
    recent,
    lookUp,
    threads: (queue) => workers.threads(queue),
    slots: (queue) => workers.slots(queue),
    waitingJobs: (queue) => workers.waitingJobs(queue),
    urgentJobs: (queue) => workers.urgentJobs(queue),
    record: (model, batch) =>
      writer.append(keys.model(model).predictions, predictionBatchCodec.encode(batch)),
    findPicture: async (id) => (await uploads.find(id)).facts,
    pseudonymise: createPseudonymiser(config.serving.subjectSecret ?? readOrMakeSecret(config.dataDir)),
    maxWaitingRows: config.serving.maxWaitingRows,
    maxRowsPerClient: config.serving.maxRowsPerClient,
    maxWaitMs: config.serving.maxWaitMs,
    maxPictureWaitMs: config.serving.maxPictureWaitMs,
  });
  const reports = createMonitorReports({ redis, keys, models: watched, log });
  const faces: ApiFaces = {
    registry,
    serving,
    store,
    uploads,
    submitFeedback: createSubmitFeedback({
      find: async (ids) => await findAll(ids, store, recent),
      registry,
      append: (model, batch) => writer.append(keys.model(model).feedback, feedbackBatchCodec.encode(batch)),
      createId,
      now,
    }),
    acknowledge: createAcknowledge({ redis, keys, models: watched, now, createId }),
    silences: createSilences({
      ...{ redis, keys, now, createId },
      monitorsOf: async (name) => (await reports(name)).map(({ monitor }) => monitor),
    }),
    monitorReports: reports,
    workers: () => workers.read(),
    health: createHealth({ ...house, registry, store, version, reports, workers }),
    live: await startFeeds(house, models, watched),
    now,
  };
  return {
    faces,
    uploads,
    keptPictures,
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

const DELIVERIES_A_TURN = 100;
/** Too short to be seen, long enough that a busy model is not read for every batch. */
const REST_MS = 50;

async function startFeeds(
  { redis, keys, log, metrics, onStop }: House,
  models: readonly string[],
  watched: readonly string[],
): Promise<ApiFaces['live']> {
  const counted = (feed: string) => ({ onDrop: () => metrics.feedDropped.inc({ feed }) });
  const live: ApiFaces['live'] = {
    predictions: createFeed(counted('predictions')),
    reports: createFeed(counted('reports')),
    alerts: createFeed(counted('alerts')),
    // Each word holds all that the ones before it held.
    progress: createFeed({ ...counted('progress'), maxBuffered: 4 }),
  };
  const from = (names: readonly string[], stream: 'predictions' | 'measurements' | 'alerts' | 'progress') =>
    Object.fromEntries(names.map((name) => [keys.model(name)[stream], '$']));
  const common = { redis, log, metrics, maxEntries: 100 };
  const tails = await Promise.all([
    startTailReader({
      ...common,
      from: from(models, 'predictions'),
      codec: predictionBatchCodec,
      restMs: REST_MS,
      wanted: () => live.predictions.subscribers() > 0,
      onEntries: async (entries) => {
        let deliveries = 0;
        for (const record of entries.flatMap(({ value }) => recordsOf(value))) {
          live.predictions.publish(record);
          deliveries += live.predictions.subscribers();
          if (deliveries < DELIVERIES_A_TURN) continue;
          // Every delivery runs a selection: a large batch for many subscribers must not hold up the rest of the house.
          await nextTurn();
          deliveries = 0;
        }
      },
    }),
    startTailReader({
      ...common,
      from: from(models, 'progress'),
      codec: pictureProgressCodec,
      wanted: () => live.progress.subscribers() > 0,
      onEntries: (entries) => entries.forEach(({ value }) => live.progress.publish(value)),
    }),
    startTailReader({
      ...common,
      from: from(watched, 'measurements'),
      codec: monitorReportCodec,
      onEntries: (entries) => entries.forEach(({ value }) => live.reports.publish(value)),
    }),
    startTailReader({
      ...common,
      from: from(watched, 'alerts'),
      codec: alertTransitionCodec,
      onEntries: (entries) => entries.forEach(({ value }) => live.alerts.publish(value)),
    }),
  ]);
  onStop('live feeds', async () => {
    await Promise.all(tails.map((tail) => tail.stop()));
  });
  return live;
}

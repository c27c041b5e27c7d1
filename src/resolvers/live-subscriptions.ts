// Which published items a subscription gets.
import { AppError } from '../errors.js';
import type { AlertTransition } from '../events/alert-transition.js';
import type { MonitorReport } from '../events/monitor-report.js';
import type { PictureProgressEvent } from '../events/picture-progress.js';
import type { PredictionRecord } from '../events/prediction-record.js';
import {
  liveAlertRules,
  liveMetricRules,
  livePredictionRules,
  liveProgressRules,
} from '../schema/argument-rules.js';
import type { MetricSample } from '../schema/metric.type.js';
import { parseInput } from '../schema/parse-input.js';
import type { Plain } from '../schema/plain.js';
import { checkWatched } from './check-watched.js';
import type { ApiFaces } from './faces.js';
import { findPrediction } from './find-prediction.js';
import type { FeedSubscription } from './live-feed.js';

/** Every function parses its arguments and throws INVALID_INPUT or MODEL_NOT_FOUND before anything is subscribed. */
export interface LiveSubscriptions {
  predictionCompleted(args: unknown): Promise<FeedSubscription<PredictionRecord>>;
  /** Ends with the word that it is done. Throws PREDICTION_NOT_FOUND for what nobody knows of. */
  predictionProgress(args: unknown): Promise<FeedSubscription<PictureProgressEvent>>;
  metricUpdated(args: unknown): FeedSubscription<Plain<MetricSample>>;
  alertChanged(args: unknown): FeedSubscription<AlertTransition>;
}

export function createLiveSubscriptions(
  faces: Pick<ApiFaces, 'live' | 'registry' | 'store' | 'serving'>,
): LiveSubscriptions {
  const { live, registry } = faces;
  const watchedFilter = (model: string | undefined) => {
    if (model !== undefined) checkWatched(registry, model);
    return (name: string) => model === undefined || name === model;
  };

  return {
    async predictionCompleted(args) {
      const { model, id } = parseInput(livePredictionRules, args);
      if (model !== undefined) registry.model(model);
      const ofModel = watchedFilter(model);
      const wanted = (record: PredictionRecord) =>
        isFinished(record) && ofModel(record.model) && (id === undefined || record.id === id);
      const select = (record: PredictionRecord) => (wanted(record) ? [record] : []);
      if (id === undefined) return live.predictions.subscribe(select);
      // Subscribed before looking it up, so that a completion in between is not missed; one answer, then the end.
      const subscription = live.predictions.subscribe(select, { limit: 1 });
      try {
        const known = await findPrediction(faces, id);
        if (known !== undefined && wanted(known)) subscription.offer(known);
      } catch (error) {
        await subscription.return(undefined);
        throw error;
      }
      return subscription;
    },

    async predictionProgress(args) {
      const { id } = parseInput(liveProgressRules, args);
      // Subscribed before looking it up, so that nothing in between is missed.
      const subscription = live.progress.subscribe((event) => (event.id === id ? [event] : []), {
        isLast: ({ status }) => status !== 'running',
      });
      try {
        const known = await findPrediction(faces, id);
        if (known === undefined) throw new AppError('PREDICTION_NOT_FOUND');
        if (isFinished(known)) subscription.offer(progressOf(known));
      } catch (error) {
        await subscription.return(undefined);
        throw error;
      }
      return subscription;
    },

    metricUpdated(args) {
      const { model, names } = parseInput(liveMetricRules, args);
      const ofModel = watchedFilter(model);
      return live.reports.subscribe((report) =>
        ofModel(report.model) ? samplesOf(report).filter(({ name }) => names?.includes(name) ?? true) : [],
      );
    },

    alertChanged(args) {
      const { model, minSeverity } = parseInput(liveAlertRules, args);
      const ofModel = watchedFilter(model);
      return live.alerts.subscribe((transition) => {
        const { alert } = transition;
        const severeEnough = minSeverity !== 'critical' || alert.severity === 'critical';
        return ofModel(alert.model) && severeEnough ? [transition] : [];
      });
    },
  };
}

/** What is to be said of a prediction that is over already. */
function progressOf({ id, model, status, picture, detections }: PredictionRecord): PictureProgressEvent {
  const tiles = picture?.tiles ?? 0;
  return {
    v: 1,
    id,
    model,
    status: status === 'completed' ? 'completed' : 'failed',
    done: tiles,
    total: tiles,
    detections: [...(detections ?? [])],
  };
}

function isFinished({ status }: PredictionRecord): boolean {
  return status === 'completed' || status === 'failed';
}

function samplesOf({ model, version, monitor, at, measurements }: MonitorReport): Plain<MetricSample>[] {
  return measurements.map(({ name, labels, unit, value, n }) => ({
    model,
    version,
    monitor,
    name,
    labels,
    unit,
    value,
    n,
    at: new Date(at),
  }));
}

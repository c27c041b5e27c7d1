// Subscriptions: what is published, as the API shows it.
import '../schema/reflect-metadata.js';
import { Arg, ID, Resolver, Root, type SubscribeResolverData, Subscription } from 'type-graphql';
import type { AlertTransition } from '../events/alert-transition.js';
import type { PictureProgressEvent } from '../events/picture-progress.js';
import type { PredictionRecord } from '../events/prediction-record.js';
import { Alert } from '../schema/alert.type.js';
import { Severity } from '../schema/enums.js';
import { MetricSample } from '../schema/metric.type.js';
import { PredictionProgress } from '../schema/picture.type.js';
import { Prediction } from '../schema/prediction.type.js';
import type { Plain } from '../schema/plain.js';
import type { RequestContext } from './request-context.js';
import { toAlert } from './to-alert.js';
import { toPrediction } from './to-prediction.js';

type Data = SubscribeResolverData<undefined, Readonly<Record<string, unknown>>, RequestContext>;

@Resolver()
export class LiveResolver {
  @Subscription(() => Prediction, {
    subscribe: ({ args, context }: Data) => context.live.predictionCompleted(args),
    description: 'With an id: that one, at once if it is already made, and then the end.',
  })
  predictionCompleted(
    @Root() record: PredictionRecord,
    @Arg('model', () => String, { nullable: true }) _model: string | null | undefined,
    @Arg('id', () => ID, { nullable: true }) _id: string | null | undefined,
  ): Plain<Prediction> {
    return toPrediction(record);
  }

  @Subscription(() => PredictionProgress, {
    subscribe: ({ args, context }: Data) => context.live.predictionProgress(args),
    description: 'Of a picture: tiles done and what was found so far; ends when it is done.',
  })
  predictionProgress(
    @Root() { id, done, total, detections, status }: PictureProgressEvent,
    @Arg('id', () => ID) _id: string,
  ): Plain<PredictionProgress> {
    return { id, done, total, detections, status };
  }

  @Subscription(() => MetricSample, {
    subscribe: ({ args, context }: Data) => context.live.metricUpdated(args),
  })
  metricUpdated(
    @Root() sample: Plain<MetricSample>,
    @Arg('model', () => String, { nullable: true }) _model: string | null | undefined,
    @Arg('names', () => [String], { nullable: true }) _names: readonly string[] | null | undefined,
  ): Plain<MetricSample> {
    return sample;
  }

  @Subscription(() => Alert, {
    subscribe: ({ args, context }: Data) => context.live.alertChanged(args),
    description: 'Every transition: pending, firing, acknowledged, resolved.',
  })
  alertChanged(
    @Root() transition: AlertTransition,
    @Arg('model', () => String, { nullable: true }) _model: string | null | undefined,
    @Arg('minSeverity', () => Severity, { nullable: true }) _minSeverity: Severity | null | undefined,
  ): Plain<Alert> {
    return toAlert(transition.alert, { latest: transition });
  }
}

// Asking for predictions and reading past ones.
import '../schema/reflect-metadata.js';
import { Arg, Ctx, ID, Int, Mutation, Query, Resolver } from 'type-graphql';
import {
  idRule,
  pageRules,
  predictBatchRules,
  predictionFilterRules,
  predictRules,
} from '../schema/argument-rules.js';
import { parseInput } from '../schema/parse-input.js';
import { BatchPrediction, PredictionConnection, PredictionTicket } from '../schema/prediction-answer.type.js';
import { PredictBatchInput, PredictInput, PredictionFilter } from '../schema/prediction.input.js';
import { Prediction } from '../schema/prediction.type.js';
import type { Plain } from '../schema/plain.js';
import type { ApiFaces } from './faces.js';
import { findPrediction } from './find-prediction.js';
import type { RequestContext } from './request-context.js';
import { toConnection } from './to-connection.js';
import { toPrediction } from './to-prediction.js';

@Resolver()
export class PredictionResolver {
  constructor(private readonly faces: Pick<ApiFaces, 'serving' | 'store'>) {}

  @Mutation(() => Prediction, {
    description: 'Answers when the prediction is made, or fails within the deadline.',
  })
  async predict(
    @Arg('input', () => PredictInput) input: PredictInput,
    @Ctx() { traceId, client, receivedAt }: RequestContext,
  ): Promise<Plain<Prediction>> {
    const request = parseInput(predictRules, input, 'input');
    return toPrediction(await this.faces.serving.predict({ ...request, traceId, client, receivedAt }));
  }

  @Mutation(() => BatchPrediction, { description: '1 to 1000 instances; a bad instance fails alone.' })
  async predictBatch(
    @Arg('input', () => PredictBatchInput) input: PredictBatchInput,
    @Ctx() { traceId, client, receivedAt }: RequestContext,
  ): Promise<Plain<BatchPrediction>> {
    const request = parseInput(predictBatchRules, input, 'input');
    const asked = { ...request, traceId, client, receivedAt };
    const { predictions, errors } = await this.faces.serving.predictBatch(asked);
    return { predictions: predictions.map(toPrediction), errors };
  }

  @Mutation(() => PredictionTicket, {
    description: 'Returns at once; follow with predictionCompleted or prediction(id).',
  })
  async submitPrediction(
    @Arg('input', () => PredictInput) input: PredictInput,
    @Ctx() { traceId, client, receivedAt }: RequestContext,
  ): Promise<Plain<PredictionTicket>> {
    const request = parseInput(predictRules, input, 'input');
    return this.faces.serving.submit({ ...request, traceId, client, receivedAt });
  }

  @Query(() => Prediction, { nullable: true })
  async prediction(@Arg('id', () => ID) id: string): Promise<Plain<Prediction> | null> {
    const record = await findPrediction(this.faces, parseInput(idRule, id, 'id'));
    return record === undefined ? null : toPrediction(record);
  }

  @Query(() => PredictionConnection, { description: 'Newest first, at most 500 a page.' })
  async predictions(
    @Arg('filter', () => PredictionFilter, { nullable: true }) filter: PredictionFilter | null | undefined,
    @Arg('first', () => Int, { nullable: true, defaultValue: 50 }) first: number | null,
    @Arg('after', () => String, { nullable: true }) after: string | null | undefined,
  ): Promise<Plain<PredictionConnection>> {
    const { status, ...query } = parseInput(predictionFilterRules, filter ?? {}, 'filter');
    const page = parseInput(pageRules, { first: first ?? 50, after });
    // The log holds finished predictions only.
    if (status === 'queued' || status === 'running')
      return { edges: [], pageInfo: { hasNextPage: false, endCursor: null } };
    return toConnection(await this.faces.store.predictions.list({ ...query, status }, page), toPrediction);
  }
}

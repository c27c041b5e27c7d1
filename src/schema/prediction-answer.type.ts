// What predict-like mutations and lists answer around a prediction.
import './reflect-metadata.js';
import { Field, ID, ObjectType } from 'type-graphql';
import { BatchError } from './input-issue.type.js';
import { PageInfo } from './page-info.type.js';
import { Prediction } from './prediction.type.js';
import { PredictionStatus } from './enums.js';

@ObjectType({ simpleResolvers: true })
export class BatchPrediction {
  @Field(() => [Prediction], { description: 'In input order, failed ones left out.' })
  declare readonly predictions: readonly Prediction[];

  @Field(() => [BatchError])
  declare readonly errors: readonly BatchError[];
}

/** Follow it with predictionCompleted or prediction(id). */
@ObjectType({ simpleResolvers: true, description: 'Follow it with predictionCompleted or prediction(id).' })
export class PredictionTicket {
  @Field(() => ID)
  declare readonly id: string;

  @Field(() => PredictionStatus)
  declare readonly status: PredictionStatus;
}

@ObjectType({ simpleResolvers: true })
export class PredictionEdge {
  @Field(() => String)
  declare readonly cursor: string;

  @Field(() => Prediction)
  declare readonly node: Prediction;
}

/** Newest first. */
@ObjectType({ simpleResolvers: true, description: 'Newest first.' })
export class PredictionConnection {
  @Field(() => [PredictionEdge])
  declare readonly edges: readonly PredictionEdge[];

  @Field(() => PageInfo)
  declare readonly pageInfo: PageInfo;
}

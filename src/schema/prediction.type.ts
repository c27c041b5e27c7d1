// A prediction as clients see it.
import './reflect-metadata.js';
import { Field, Float, ID, Int, ObjectType } from 'type-graphql';
import { Detection } from './detection.type.js';
import { PredictionPicture } from './picture.type.js';
import { PredictionStatus, WarningCode } from './enums.js';
import { GraphQLDateTime, GraphQLJSONObject } from './scalars.js';

@ObjectType({ simpleResolvers: true })
export class ClassProbability {
  @Field(() => String)
  declare readonly label: string;

  @Field(() => Float)
  declare readonly probability: number;
}

/** The prediction was made, but this feature deserves a look. */
@ObjectType({
  simpleResolvers: true,
  description: 'The prediction was made, but this feature deserves a look.',
})
export class PredictionWarning {
  @Field(() => WarningCode)
  declare readonly code: WarningCode;

  @Field(() => String)
  declare readonly feature: string;

  @Field(() => String)
  declare readonly message: string;
}

@ObjectType({ simpleResolvers: true })
export class PredictionError {
  @Field(() => String)
  declare readonly code: string;

  @Field(() => String)
  declare readonly message: string;
}

/** Where the time went. */
@ObjectType({ simpleResolvers: true, description: 'Where the time went.' })
export class Timings {
  @Field(() => Float)
  declare readonly totalMs: number;

  @Field(() => Float)
  declare readonly queueMs: number;

  @Field(() => Float)
  declare readonly computeMs: number;

  @Field(() => Int, { description: 'Rows computed together.' })
  declare readonly batchSize: number;
}

/** The truth as last reported. */
@ObjectType({ simpleResolvers: true, description: 'The truth as last reported.' })
export class Feedback {
  @Field(() => String, { nullable: true })
  declare readonly label: string | null;

  @Field(() => Float, { nullable: true })
  declare readonly value: number | null;

  @Field(() => [Detection], { nullable: true })
  declare readonly detections: readonly Detection[] | null;

  @Field(() => GraphQLDateTime)
  declare readonly receivedAt: Date;
}

@ObjectType({ simpleResolvers: true })
export class Prediction {
  @Field(() => ID, { description: 'Sortable by time.' })
  declare readonly id: string;

  @Field(() => String)
  declare readonly model: string;

  @Field(() => Int)
  declare readonly version: number;

  @Field(() => PredictionStatus)
  declare readonly status: PredictionStatus;

  @Field(() => String, { nullable: true, description: 'Classification.' })
  declare readonly label: string | null;

  @Field(() => Float, { nullable: true, description: 'Regression.' })
  declare readonly value: number | null;

  @Field(() => Float, { nullable: true, description: '0 to 1.' })
  declare readonly confidence: number | null;

  @Field(() => [ClassProbability], { nullable: true })
  declare readonly probabilities: readonly ClassProbability[] | null;

  @Field(() => [Detection], { nullable: true, description: 'Detection.' })
  declare readonly detections: readonly Detection[] | null;

  @Field(() => PredictionPicture, { nullable: true, description: 'The picture it was made of.' })
  declare readonly picture: PredictionPicture | null;

  @Field(() => GraphQLJSONObject, {
    nullable: true,
    description: "As served, after the model's privacy rules.",
  })
  declare readonly features: Readonly<Record<string, unknown>> | null;

  @Field(() => [PredictionWarning])
  declare readonly warnings: readonly PredictionWarning[];

  @Field(() => GraphQLDateTime)
  declare readonly createdAt: Date;

  @Field(() => Timings)
  declare readonly timings: Timings;

  @Field(() => Feedback, { nullable: true })
  declare readonly feedback: Feedback | null;

  @Field(() => PredictionError, { nullable: true })
  declare readonly error: PredictionError | null;
}

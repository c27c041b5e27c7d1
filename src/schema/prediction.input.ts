// What a client hands in for a prediction, and how it filters past ones.
import './reflect-metadata.js';
import { Field, Float, ID, InputType, Int } from 'type-graphql';
import { PredictionStatus } from './enums.js';
import { GraphQLDateTime, GraphQLJSONObject } from './scalars.js';

@InputType()
export class PredictInput {
  @Field(() => String)
  declare readonly model: string;

  @Field(() => Int, { nullable: true, description: 'Default: the version in production.' })
  declare readonly version?: number | null | undefined;

  @Field(() => GraphQLJSONObject, { description: "By feature name, as the model's `features` describe." })
  declare readonly features: Readonly<Record<string, unknown>>;

  @Field(() => ID, {
    nullable: true,
    description:
      'Same id and same body: the same prediction; same id and another body: IDEMPOTENCY_CONFLICT.',
  })
  declare readonly requestId?: string | null | undefined;

  @Field(() => String, { nullable: true, description: 'Whom or what it is about; stored pseudonymised.' })
  declare readonly subject?: string | null | undefined;

  @Field(() => GraphQLJSONObject, {
    nullable: true,
    description: 'At most 4 KB, stored with the prediction.',
  })
  declare readonly metadata?: Readonly<Record<string, unknown>> | null | undefined;

  @Field(() => Int, {
    nullable: true,
    description: 'At most 60000. Default 10000; 3600000 for submitPrediction, where nobody waits.',
  })
  declare readonly deadlineMs?: number | null | undefined;
}

@InputType()
export class PredictBatchInput {
  @Field(() => String)
  declare readonly model: string;

  @Field(() => Int, { nullable: true })
  declare readonly version?: number | null | undefined;

  @Field(() => [GraphQLJSONObject], { description: '1 to 1000; a bad one fails alone.' })
  declare readonly instances: readonly Readonly<Record<string, unknown>>[];

  @Field(() => GraphQLJSONObject, { nullable: true })
  declare readonly metadata?: Readonly<Record<string, unknown>> | null | undefined;

  @Field(() => Int, { nullable: true })
  declare readonly deadlineMs?: number | null | undefined;
}

@InputType()
export class PredictionFilter {
  @Field(() => String, { nullable: true })
  declare readonly model?: string | null | undefined;

  @Field(() => Int, { nullable: true })
  declare readonly version?: number | null | undefined;

  @Field(() => String, { nullable: true })
  declare readonly label?: string | null | undefined;

  @Field(() => PredictionStatus, { nullable: true })
  declare readonly status?: PredictionStatus | null | undefined;

  @Field(() => GraphQLDateTime, { nullable: true })
  declare readonly from?: Date | null | undefined;

  @Field(() => GraphQLDateTime, { nullable: true })
  declare readonly to?: Date | null | undefined;

  @Field(() => Float, { nullable: true })
  declare readonly minConfidence?: number | null | undefined;

  @Field(() => Float, { nullable: true })
  declare readonly maxConfidence?: number | null | undefined;

  @Field(() => Boolean, { nullable: true })
  declare readonly hasFeedback?: boolean | null | undefined;
}

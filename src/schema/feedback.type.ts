// The truth about earlier predictions: what a client hands in and what it is told.
import './reflect-metadata.js';
import { Field, Float, ID, InputType, Int, ObjectType } from 'type-graphql';
import { BatchError } from './input-issue.type.js';

/** A label for classification, a value for regression. */
@InputType({ description: 'A label for classification, a value for regression.' })
export class FeedbackInput {
  @Field(() => ID)
  declare readonly predictionId: string;

  @Field(() => String, { nullable: true })
  declare readonly label?: string | null | undefined;

  @Field(() => Float, { nullable: true })
  declare readonly value?: number | null | undefined;
}

@ObjectType({ simpleResolvers: true })
export class FeedbackSummary {
  @Field(() => Int)
  declare readonly accepted: number;

  @Field(() => [BatchError])
  declare readonly errors: readonly BatchError[];
}

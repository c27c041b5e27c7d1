// The truth about earlier predictions: what a client hands in and what it is told.
import './reflect-metadata.js';
import { Field, Float, ID, InputType, Int, ObjectType } from 'type-graphql';
import { BatchError } from './input-issue.type.js';

/** In pixels of the original picture, origin at the top left. */
@InputType({ description: 'In pixels of the original picture, origin at the top left.' })
export class BoxInput {
  @Field(() => Float)
  declare readonly x: number;

  @Field(() => Float)
  declare readonly y: number;

  @Field(() => Float)
  declare readonly width: number;

  @Field(() => Float)
  declare readonly height: number;
}

/** One thing that is truly there. */
@InputType({ description: 'One thing that is truly there.' })
export class DetectionInput {
  @Field(() => String)
  declare readonly label: string;

  @Field(() => BoxInput)
  declare readonly box: BoxInput;
}

const TRUTHS =
  'A label for classification, a value for regression, everything that is there for detection: an empty list when nothing is.';

/** A label for classification, a value for regression, everything that is there for detection. */
@InputType({ description: TRUTHS })
export class FeedbackInput {
  @Field(() => ID)
  declare readonly predictionId: string;

  @Field(() => String, { nullable: true })
  declare readonly label?: string | null | undefined;

  @Field(() => Float, { nullable: true })
  declare readonly value?: number | null | undefined;

  @Field(() => [DetectionInput], { nullable: true })
  declare readonly detections?: readonly DetectionInput[] | null | undefined;
}

@ObjectType({ simpleResolvers: true })
export class FeedbackSummary {
  @Field(() => Int)
  declare readonly accepted: number;

  @Field(() => [BatchError])
  declare readonly errors: readonly BatchError[];
}

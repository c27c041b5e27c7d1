// What a client hands in for a prediction about a picture.
import './reflect-metadata.js';
import { Field, Float, ID, InputType, Int } from 'type-graphql';
import { GraphQLJSONObject } from './scalars.js';

@InputType({ description: 'Exactly one of uploadId and imageBase64.' })
export class PredictImageInput {
  @Field(() => String, { description: 'One that has a feature of type IMAGE.' })
  declare readonly model: string;

  @Field(() => Int, { nullable: true, description: 'Default: the version in production.' })
  declare readonly version?: number | null | undefined;

  @Field(() => ID, { nullable: true, description: 'Of createUpload, when its bytes are here.' })
  declare readonly uploadId?: string | null | undefined;

  @Field(() => String, {
    nullable: true,
    description: 'At most 5 MB once decoded; may begin as a data: URL. Larger pictures are uploaded.',
  })
  declare readonly imageBase64?: string | null | undefined;

  @Field(() => Float, {
    nullable: true,
    description:
      'Detections of which the model is less sure are dropped, 0 to 1. Default: as the model says.',
  })
  declare readonly confidence?: number | null | undefined;

  @Field(() => Float, {
    nullable: true,
    description: 'Boxes that overlap more than this are one thing, 0 to 1. Default: as the model says.',
  })
  declare readonly iou?: number | null | undefined;

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

  @Field(() => Int, { nullable: true, description: 'At most 600000. Default 60000.' })
  declare readonly deadlineMs?: number | null | undefined;
}

// Silences: alerts that go on without a word to people, until a time.
import './reflect-metadata.js';
import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { GraphQLDateTime } from './scalars.js';

@InputType()
export class SilenceInput {
  @Field(() => String, { nullable: true, description: 'Of all models, when left out.' })
  declare readonly model?: string | null | undefined;

  @Field(() => String, { nullable: true, description: 'One that watches the model, or any model.' })
  declare readonly monitor?: string | null | undefined;

  @Field(() => String, {
    nullable: true,
    description: 'Need not be there yet: keys come and go with features and segments.',
  })
  declare readonly key?: string | null | undefined;

  @Field(() => GraphQLDateTime)
  declare readonly until: Date;

  @Field(() => String)
  declare readonly comment: string;
}

@ObjectType({ simpleResolvers: true })
export class Silence {
  @Field(() => ID)
  declare readonly id: string;

  @Field(() => String, { nullable: true })
  declare readonly model: string | null;

  @Field(() => String, { nullable: true })
  declare readonly monitor: string | null;

  @Field(() => String, { nullable: true })
  declare readonly key: string | null;

  @Field(() => GraphQLDateTime)
  declare readonly until: Date;

  @Field(() => String)
  declare readonly comment: string;

  @Field(() => String, { nullable: true })
  declare readonly createdBy: string | null;
}

// What is wrong with one part of an input, and with one item of several.
import './reflect-metadata.js';
import { Field, Int, ObjectType } from 'type-graphql';

/** One problem with one part of an input. */
@ObjectType({ simpleResolvers: true, description: 'One problem with one part of an input.' })
export class InputIssue {
  @Field(() => String, { description: 'For example `input.features.petal_width`.' })
  declare readonly path: string;

  @Field(() => String)
  declare readonly message: string;
}

/** Why one item of several failed; the others are not touched. */
@ObjectType({
  simpleResolvers: true,
  description: 'Why one item of several failed; the others are not touched.',
})
export class BatchError {
  @Field(() => Int, { description: 'The position in the input, from 0.' })
  declare readonly index: number;

  @Field(() => String)
  declare readonly code: string;

  @Field(() => String)
  declare readonly message: string;

  @Field(() => [InputIssue])
  declare readonly issues: readonly InputIssue[];
}

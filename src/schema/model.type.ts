// Models, their features and their versions.
import './reflect-metadata.js';
import { Field, Float, Int, ObjectType } from 'type-graphql';
import { FeatureType, Stage, Task } from './enums.js';
import { GraphQLDateTime, GraphQLJSON, GraphQLJSONObject } from './scalars.js';

@ObjectType({ simpleResolvers: true })
export class Feature {
  @Field(() => String)
  declare readonly name: string;

  @Field(() => FeatureType)
  declare readonly type: FeatureType;

  @Field(() => String, { nullable: true })
  declare readonly unit: string | null;

  @Field(() => Float, { nullable: true })
  declare readonly min: number | null;

  @Field(() => Float, { nullable: true })
  declare readonly max: number | null;

  @Field(() => [String], { nullable: true })
  declare readonly categories: readonly string[] | null;

  @Field(() => Boolean)
  declare readonly required: boolean;

  @Field(() => String, { nullable: true })
  declare readonly description: string | null;

  @Field(() => GraphQLJSON, { nullable: true })
  declare readonly example: unknown;
}

@ObjectType({ simpleResolvers: true })
export class TensorSpec {
  @Field(() => String)
  declare readonly name: string;

  @Field(() => String)
  declare readonly type: string;

  @Field(() => [String], { description: 'Numbers, or the name of a free dimension.' })
  declare readonly shape: readonly string[];
}

@ObjectType({ simpleResolvers: true })
export class ModelVersion {
  @Field(() => String)
  declare readonly model: string;

  @Field(() => Int)
  declare readonly version: number;

  @Field(() => Stage)
  declare readonly stage: Stage;

  @Field(() => String)
  declare readonly sha256: string;

  @Field(() => GraphQLDateTime)
  declare readonly createdAt: Date;

  @Field(() => GraphQLJSONObject, { description: 'From evaluation on held-out data.' })
  declare readonly metrics: Readonly<Record<string, unknown>>;

  @Field(() => Int)
  declare readonly sizeBytes: number;

  @Field(() => [TensorSpec])
  declare readonly inputs: readonly TensorSpec[];

  @Field(() => [TensorSpec])
  declare readonly outputs: readonly TensorSpec[];
}

@ObjectType({ simpleResolvers: true })
export class Model {
  @Field(() => String)
  declare readonly name: string;

  @Field(() => String)
  declare readonly title: string;

  @Field(() => String, { nullable: true })
  declare readonly description: string | null;

  @Field(() => Task)
  declare readonly task: Task;

  @Field(() => [Feature])
  declare readonly features: readonly Feature[];

  @Field(() => [String])
  declare readonly classes: readonly string[];

  @Field(() => [ModelVersion])
  declare readonly versions: readonly ModelVersion[];

  @Field(() => ModelVersion, { nullable: true })
  declare readonly production: ModelVersion | null;
}

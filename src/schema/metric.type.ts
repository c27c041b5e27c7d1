// What monitors measured: as series, and live.
import './reflect-metadata.js';
import { Field, Float, InputType, Int, ObjectType } from 'type-graphql';
import { GraphQLDateTime, GraphQLJSONObject } from './scalars.js';

@InputType()
export class MetricFilter {
  @Field(() => String)
  declare readonly model: string;

  @Field(() => Int, { nullable: true })
  declare readonly version?: number | null | undefined;

  @Field(() => [String], { nullable: true })
  declare readonly names?: readonly string[] | null | undefined;

  @Field(() => GraphQLDateTime, { nullable: true, description: 'Default: one hour before `to`.' })
  declare readonly from?: Date | null | undefined;

  @Field(() => GraphQLDateTime, { nullable: true, description: 'Default: now.' })
  declare readonly to?: Date | null | undefined;

  @Field(() => Int, { nullable: true, description: 'Points within one step become one.' })
  declare readonly stepSeconds?: number | null | undefined;
}

@ObjectType({ simpleResolvers: true })
export class MetricPoint {
  @Field(() => GraphQLDateTime)
  declare readonly at: Date;

  @Field(() => Float)
  declare readonly value: number;

  @Field(() => Int)
  declare readonly n: number;
}

@ObjectType({ simpleResolvers: true })
export class MetricSeries {
  @Field(() => String)
  declare readonly name: string;

  @Field(() => GraphQLJSONObject)
  declare readonly labels: Readonly<Record<string, unknown>>;

  @Field(() => String, { nullable: true })
  declare readonly unit: string | null;

  @Field(() => [MetricPoint])
  declare readonly points: readonly MetricPoint[];
}

@ObjectType({ simpleResolvers: true })
export class MetricSample {
  @Field(() => String)
  declare readonly model: string;

  @Field(() => Int, { nullable: true })
  declare readonly version: number | null;

  @Field(() => String)
  declare readonly monitor: string;

  @Field(() => String)
  declare readonly name: string;

  @Field(() => GraphQLJSONObject)
  declare readonly labels: Readonly<Record<string, unknown>>;

  @Field(() => String, { nullable: true })
  declare readonly unit: string | null;

  @Field(() => Float)
  declare readonly value: number;

  @Field(() => Int)
  declare readonly n: number;

  @Field(() => GraphQLDateTime)
  declare readonly at: Date;
}

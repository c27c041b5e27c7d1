// What monitors last said.
import './reflect-metadata.js';
import { Field, Float, Int, ObjectType } from 'type-graphql';
import { FindingStatus, HealthStatus } from './enums.js';
import { GraphQLDateTime, GraphQLJSONObject } from './scalars.js';

@ObjectType({ simpleResolvers: true })
export class Finding {
  @Field(() => String)
  declare readonly key: string;

  @Field(() => FindingStatus)
  declare readonly status: FindingStatus;

  @Field(() => Float, { nullable: true })
  declare readonly value: number | null;

  @Field(() => Float, { nullable: true })
  declare readonly threshold: number | null;

  @Field(() => Float, { nullable: true })
  declare readonly effect: number | null;

  @Field(() => Float, { nullable: true })
  declare readonly pValue: number | null;

  @Field(() => Int)
  declare readonly n: number;

  @Field(() => String)
  declare readonly summary: string;

  @Field(() => GraphQLJSONObject)
  declare readonly detail: Readonly<Record<string, unknown>>;
}

/** The stretch of data an evaluation speaks of. */
@ObjectType({ simpleResolvers: true, description: 'The stretch of data an evaluation speaks of.' })
export class Window {
  @Field(() => GraphQLDateTime, { nullable: true })
  declare readonly from: Date | null;

  @Field(() => GraphQLDateTime, { nullable: true })
  declare readonly to: Date | null;

  @Field(() => Int)
  declare readonly n: number;
}

@ObjectType({ simpleResolvers: true })
export class MonitorHealth {
  @Field(() => HealthStatus)
  declare readonly status: HealthStatus;

  @Field(() => Int)
  declare readonly errors: number;

  @Field(() => String, { nullable: true })
  declare readonly lastError: string | null;

  @Field(() => Float)
  declare readonly lagSeconds: number;
}

@ObjectType({ simpleResolvers: true })
export class MonitorStatus {
  @Field(() => String)
  declare readonly model: string;

  @Field(() => Int, { nullable: true })
  declare readonly version: number | null;

  @Field(() => String)
  declare readonly monitor: string;

  @Field(() => FindingStatus, { description: 'The worst of its findings.' })
  declare readonly status: FindingStatus;

  @Field(() => [Finding])
  declare readonly findings: readonly Finding[];

  @Field(() => Window)
  declare readonly window: Window;

  @Field(() => GraphQLJSONObject)
  declare readonly settings: Readonly<Record<string, unknown>>;

  @Field(() => MonitorHealth)
  declare readonly health: MonitorHealth;

  @Field(() => GraphQLDateTime, { nullable: true })
  declare readonly lastEvaluatedAt: Date | null;
}

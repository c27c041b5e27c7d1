// Alerts and their history.
import './reflect-metadata.js';
import { Field, Float, ID, InputType, Int, ObjectType } from 'type-graphql';
import { PageInfo } from './page-info.type.js';
import { AlertState, Severity } from './enums.js';
import { GraphQLDateTime } from './scalars.js';

@ObjectType({ simpleResolvers: true })
export class AlertTransition {
  @Field(() => AlertState, { nullable: true })
  declare readonly from: AlertState | null;

  @Field(() => AlertState)
  declare readonly to: AlertState;

  @Field(() => GraphQLDateTime)
  declare readonly at: Date;

  @Field(() => String, { nullable: true })
  declare readonly by: string | null;

  @Field(() => String, { nullable: true })
  declare readonly comment: string | null;

  @Field(() => Float, { nullable: true })
  declare readonly value: number | null;
}

@ObjectType({ simpleResolvers: true })
export class Alert {
  @Field(() => ID)
  declare readonly id: string;

  @Field(() => String)
  declare readonly model: string;

  @Field(() => Int, { nullable: true })
  declare readonly version: number | null;

  @Field(() => String)
  declare readonly monitor: string;

  @Field(() => String)
  declare readonly key: string;

  @Field(() => Severity)
  declare readonly severity: Severity;

  @Field(() => AlertState)
  declare readonly state: AlertState;

  @Field(() => String)
  declare readonly summary: string;

  @Field(() => Float, { nullable: true })
  declare readonly value: number | null;

  @Field(() => Float, { nullable: true })
  declare readonly threshold: number | null;

  @Field(() => GraphQLDateTime)
  declare readonly startedAt: Date;

  @Field(() => GraphQLDateTime, { nullable: true })
  declare readonly firedAt: Date | null;

  @Field(() => GraphQLDateTime, { nullable: true })
  declare readonly resolvedAt: Date | null;

  @Field(() => String, { nullable: true })
  declare readonly acknowledgedBy: string | null;
}

@ObjectType({ simpleResolvers: true })
export class AlertEdge {
  @Field(() => String)
  declare readonly cursor: string;

  @Field(() => Alert)
  declare readonly node: Alert;
}

/** Newest first. */
@ObjectType({ simpleResolvers: true, description: 'Newest first.' })
export class AlertConnection {
  @Field(() => [AlertEdge])
  declare readonly edges: readonly AlertEdge[];

  @Field(() => PageInfo)
  declare readonly pageInfo: PageInfo;
}

@InputType()
export class AlertFilter {
  @Field(() => String, { nullable: true })
  declare readonly model?: string | null | undefined;

  @Field(() => String, { nullable: true })
  declare readonly monitor?: string | null | undefined;

  @Field(() => [AlertState], { nullable: true })
  declare readonly state?: readonly AlertState[] | null | undefined;

  @Field(() => Severity, { nullable: true })
  declare readonly minSeverity?: Severity | null | undefined;

  @Field(() => GraphQLDateTime, { nullable: true })
  declare readonly from?: Date | null | undefined;

  @Field(() => GraphQLDateTime, { nullable: true })
  declare readonly to?: Date | null | undefined;
}

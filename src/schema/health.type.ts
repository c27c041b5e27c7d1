// How the service and its parts are.
import './reflect-metadata.js';
import { Field, Float, Int, ObjectType } from 'type-graphql';
import { HealthStatus } from './enums.js';

@ObjectType({ simpleResolvers: true })
export class DependencyHealth {
  @Field(() => String)
  declare readonly name: string;

  @Field(() => HealthStatus)
  declare readonly status: HealthStatus;

  @Field(() => String, { nullable: true })
  declare readonly detail: string | null;
}

@ObjectType({ simpleResolvers: true })
export class ModelHealth {
  @Field(() => String)
  declare readonly model: string;

  @Field(() => Int)
  declare readonly version: number;

  @Field(() => Boolean)
  declare readonly loaded: boolean;

  @Field(() => HealthStatus)
  declare readonly status: HealthStatus;
}

@ObjectType({ simpleResolvers: true })
export class Health {
  @Field(() => HealthStatus)
  declare readonly status: HealthStatus;

  @Field(() => String)
  declare readonly version: string;

  @Field(() => Float)
  declare readonly uptimeSeconds: number;

  @Field(() => [DependencyHealth])
  declare readonly dependencies: readonly DependencyHealth[];

  @Field(() => [ModelHealth])
  declare readonly models: readonly ModelHealth[];
}

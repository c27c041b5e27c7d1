// The processes that run models.
import './reflect-metadata.js';
import { Field, Float, ID, Int, ObjectType } from 'type-graphql';
import { GraphQLDateTime } from './scalars.js';

@ObjectType({ simpleResolvers: true })
export class WorkerStatus {
  @Field(() => ID)
  declare readonly id: string;

  @Field(() => String)
  declare readonly host: string;

  @Field(() => [String])
  declare readonly roles: readonly string[];

  @Field(() => [String])
  declare readonly providers: readonly string[];

  @Field(() => [String])
  declare readonly models: readonly string[];

  @Field(() => Int)
  declare readonly activeJobs: number;

  @Field(() => Int)
  declare readonly completedJobs: number;

  @Field(() => Float)
  declare readonly memoryBytes: number;

  @Field(() => GraphQLDateTime)
  declare readonly lastSeenAt: Date;
}

// Where a page of a list ends.
import './reflect-metadata.js';
import { Field, ObjectType } from 'type-graphql';

/** Where a page ends and whether another follows. */
@ObjectType({ simpleResolvers: true, description: 'Where a page ends and whether another follows.' })
export class PageInfo {
  @Field(() => Boolean)
  declare readonly hasNextPage: boolean;

  @Field(() => String, { nullable: true, description: 'Hand this back as `after` for the next page.' })
  declare readonly endCursor: string | null;
}

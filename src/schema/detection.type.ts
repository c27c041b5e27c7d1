// A thing found in a picture.
import './reflect-metadata.js';
import { Field, Float, ObjectType } from 'type-graphql';

/** In pixels of the original picture, origin at the top left. */
@ObjectType({
  simpleResolvers: true,
  description: 'In pixels of the original picture, origin at the top left.',
})
export class Box {
  @Field(() => Float)
  declare readonly x: number;

  @Field(() => Float)
  declare readonly y: number;

  @Field(() => Float)
  declare readonly width: number;

  @Field(() => Float)
  declare readonly height: number;
}

/** A thing found in a picture. */
@ObjectType({ simpleResolvers: true, description: 'A thing found in a picture.' })
export class Detection {
  @Field(() => String)
  declare readonly label: string;

  @Field(() => Float)
  declare readonly confidence: number;

  @Field(() => Box)
  declare readonly box: Box;
}

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

/** On the map of the picture's coordinate reference system: the rectangle around the box. */
@ObjectType({
  simpleResolvers: true,
  description: "On the map of the picture's coordinate reference system: the rectangle around the box.",
})
export class MapBox {
  @Field(() => Float)
  declare readonly minX: number;

  @Field(() => Float)
  declare readonly minY: number;

  @Field(() => Float)
  declare readonly maxX: number;

  @Field(() => Float)
  declare readonly maxY: number;
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

  @Field(() => MapBox, { nullable: true, description: 'Where the picture says where on the map it lies.' })
  declare readonly mapBox?: MapBox | null | undefined;
}

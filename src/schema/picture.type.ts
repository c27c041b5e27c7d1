// A picture as clients see it: what it was like, and where an annotated copy is.
import './reflect-metadata.js';
import { Field, Float, ID, Int, ObjectType } from 'type-graphql';
import { Detection } from './detection.type.js';
import { PredictionStatus } from './enums.js';

/** What the picture of a prediction was like; sizes in pixels of the upright picture. */
@ObjectType({
  simpleResolvers: true,
  description: 'What the picture of a prediction was like; sizes in pixels of the upright picture.',
})
export class PredictionPicture {
  @Field(() => Int)
  declare readonly width: number;

  @Field(() => Int)
  declare readonly height: number;

  @Field(() => String, { description: 'jpeg, png, webp or tiff.' })
  declare readonly format: string;

  @Field(() => Float)
  declare readonly sizeBytes: number;

  @Field(() => String)
  declare readonly sha256: string;

  @Field(() => Int, { description: 'How many times the model was run on it.' })
  declare readonly tiles: number;

  @Field(() => Float, { description: 'Mean luma, 0 to 1.' })
  declare readonly brightness: number;

  @Field(() => Float, { description: 'Standard deviation of luma.' })
  declare readonly contrast: number;

  @Field(() => Float, { description: 'Mean saturation, 0 to 1.' })
  declare readonly saturation: number;

  @Field(() => Float, { description: 'Variance of the Laplacian of luma: the lower, the more blurred.' })
  declare readonly sharpness: number;

  @Field(() => String, { nullable: true, description: 'As EPSG:32631, where the file names one.' })
  declare readonly coordinateReferenceSystem: string | null;

  @Field(() => String, {
    description: 'Path of the annotated picture, which answers 404 where the model keeps none.',
  })
  declare readonly url: string;
}

/** How far a picture is. */
@ObjectType({ simpleResolvers: true, description: 'How far a picture is.' })
export class PredictionProgress {
  @Field(() => ID)
  declare readonly id: string;

  @Field(() => Int, { description: 'Tiles done.' })
  declare readonly done: number;

  @Field(() => Int, { description: 'Tiles in all; 0 while that is not known yet.' })
  declare readonly total: number;

  @Field(() => [Detection], { description: 'What was found so far, best first.' })
  declare readonly detections: readonly Detection[];

  @Field(() => PredictionStatus)
  declare readonly status: PredictionStatus;
}

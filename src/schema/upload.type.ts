// Uploads: a picture is announced, and its bytes follow in a request of their own.
import './reflect-metadata.js';
import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { GraphQLDateTime } from './scalars.js';

@InputType()
export class CreateUploadInput {
  @Field(() => Int, { description: 'Exactly as many bytes are taken.' })
  declare readonly sizeBytes: number;

  @Field(() => String, { description: 'image/jpeg, image/png, image/webp or image/tiff.' })
  declare readonly contentType: string;

  @Field(() => String, { nullable: true, description: 'Of the file, 64 hexadecimal digits; then checked.' })
  declare readonly sha256?: string | null | undefined;
}

@ObjectType({ simpleResolvers: true })
export class Upload {
  @Field(() => ID, { description: 'For predictImage, once the bytes are here.' })
  declare readonly id: string;

  @Field(() => String, { description: 'Where to PUT the bytes, relative to this server.' })
  declare readonly url: string;

  @Field(() => GraphQLDateTime, { description: 'From then on the upload and its picture are gone.' })
  declare readonly expiresAt: Date;
}

// Pictures on their way in, and predictions about them.
import '../schema/reflect-metadata.js';
import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { AppError } from '../errors.js';
import { createUploadRules, predictImageRules } from '../schema/argument-rules.js';
import { PredictImageInput } from '../schema/image.input.js';
import { parseInput } from '../schema/parse-input.js';
import type { Plain } from '../schema/plain.js';
import { Prediction } from '../schema/prediction.type.js';
import { CreateUploadInput, Upload } from '../schema/upload.type.js';
import type { ApiFaces } from './faces.js';
import type { RequestContext } from './request-context.js';
import { toPrediction } from './to-prediction.js';

@Resolver()
export class UploadResolver {
  constructor(private readonly faces: Pick<ApiFaces, 'registry' | 'serving' | 'uploads'>) {}

  @Mutation(() => Upload, {
    description: 'Announces a picture, whose bytes are then sent to its url by PUT.',
  })
  async createUpload(
    @Arg('input', () => CreateUploadInput) input: CreateUploadInput,
  ): Promise<Plain<Upload>> {
    const { id, expiresAt } = await this.faces.uploads.open(parseInput(createUploadRules, input, 'input'));
    return { id, url: `/uploads/${id}`, expiresAt: new Date(expiresAt) };
  }

  @Mutation(() => Prediction, {
    description: 'Answers when the prediction is made, or fails within the deadline.',
  })
  async predictImage(
    @Arg('input', () => PredictImageInput) input: PredictImageInput,
    @Ctx() { traceId, client, receivedAt }: RequestContext,
  ): Promise<Plain<Prediction>> {
    const { picture, confidence, iou, ...request } = parseInput(predictImageRules, input, 'input');
    const feature = imageFeature(this.faces.registry, request);
    const uploadId = typeof picture === 'string' ? picture : (await this.faces.uploads.store(picture)).id;
    const features = { [feature]: uploadId };
    const isUsual = confidence === undefined && iou === undefined;
    const thresholds = isUsual ? undefined : { confidence, iou };
    const asked = { ...request, features, thresholds, traceId, client, receivedAt };
    return toPrediction(await this.faces.serving.predict(asked));
  }
}

/** The name of the one feature of a model of pictures; throws INVALID_INPUT for another model. */
function imageFeature(
  registry: ApiFaces['registry'],
  { model, version }: { readonly model: string; readonly version?: number | undefined },
): string {
  const { features } = registry.version(model, version).model.manifest;
  const feature = features.find(({ type }) => type === 'image');
  if (feature !== undefined) return feature.name;
  const issues = [{ path: 'input.model', message: `"${model}" takes no pictures; ask it with predict` }];
  throw new AppError('INVALID_INPUT', undefined, { details: { issues } });
}

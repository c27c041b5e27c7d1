// One request of a simulation: drawn first, then sent, so that what drawing takes is not taken for the server's time.
import { z } from 'zod';
import type { PictureTraffic, TrueThing } from '../training/picture-traffic.js';
import type { Traffic } from '../training/traffic.js';
import { applyDrifts, type Drift } from './drift.js';
import { countFound, type FoundThing } from './count-found.js';
import type { GraphqlClient } from './graphql-client.js';

/** The truth about one prediction, as it is submitted. */
export type Truth = { readonly label: string } | { readonly detections: readonly TrueThing[] };

export interface Asked {
  readonly predictionId: string;
  /** So many answers were right, of so many there were to give. */
  readonly right: number;
  readonly of: number;
  readonly truth: Truth;
}

/** Draws what is to be asked so many seconds into the simulation; then asks. */
export type Draw = (elapsedSeconds: number) => Promise<() => Promise<Asked>>;

export interface AskingParts {
  readonly client: GraphqlClient;
  readonly model: string;
  readonly drift: readonly Drift[];
}

const PREDICT = 'mutation ($input: PredictInput!) { predict(input: $input) { id label } }';
const predictedSchema = z.object({ predict: z.object({ id: z.string(), label: z.string().nullable() }) });

export function askForRows(traffic: Traffic, { client, model, drift }: AskingParts): Draw {
  return (elapsedSeconds) => {
    const { features, truth } = traffic(new Date());
    const input = { model, features: applyDrifts(features, drift, elapsedSeconds) };
    return Promise.resolve(async () => {
      const { predict } = await client.request(PREDICT, { input }, predictedSchema);
      const right = predict.label === truth ? 1 : 0;
      return { predictionId: predict.id, right, of: 1, truth: { label: truth } };
    });
  };
}

const UPLOAD = 'mutation ($input: CreateUploadInput!) { createUpload(input: $input) { id } }';
const uploadSchema = z.object({ createUpload: z.object({ id: z.string() }) });
const PREDICT_IMAGE = `mutation ($input: PredictImageInput!) {
  predictImage(input: $input) { id detections { label box { x y width height } } }
}`;
const box = z.object({ x: z.number(), y: z.number(), width: z.number(), height: z.number() });
const foundSchema: z.ZodType<FoundThing> = z.object({ label: z.string(), box });
const imageSchema = z.object({
  predictImage: z.object({ id: z.string(), detections: z.array(foundSchema).nullable() }),
});

export function askForPictures(traffic: PictureTraffic, { client, model, drift }: AskingParts): Draw {
  return async (elapsedSeconds) => {
    const { bytes, contentType, truth } = await traffic.draw(
      applyDrifts(traffic.knobs, drift, elapsedSeconds),
    );
    return async () => {
      const opened = { sizeBytes: bytes.length, contentType };
      const { createUpload } = await client.request(UPLOAD, { input: opened }, uploadSchema);
      await client.put(`/uploads/${createUpload.id}`, bytes, contentType);
      const input = { model, uploadId: createUpload.id };
      const { predictImage } = await client.request(PREDICT_IMAGE, { input }, imageSchema);
      const right = countFound(truth, predictImage.detections ?? []);
      return { predictionId: predictImage.id, right, of: truth.length, truth: { detections: truth } };
    };
  };
}

// A client of pictures: uploads them, and asks for predictions on them.
import { z } from 'zod';

export interface PictureAnswer {
  readonly ms: number;
  /** Undefined when there was an answer. */
  readonly failure: string | undefined;
  readonly tiles: number;
  readonly detections: number;
}

const answerSchema = z.object({
  data: z.record(z.string(), z.unknown()).nullish(),
  errors: z.array(z.object({ message: z.string(), extensions: z.object({ code: z.string() }) })).optional(),
});
const uploadSchema = z.object({ createUpload: z.object({ id: z.string() }) });
const predictionSchema = z.object({
  predictImage: z.object({
    detections: z.array(z.unknown()),
    picture: z.object({ tiles: z.number() }),
  }),
});
const UPLOAD = 'mutation ($input: CreateUploadInput!) { createUpload(input: $input) { id } }';
const PREDICT = `mutation ($input: PredictImageInput!) {
  predictImage(input: $input) { picture { tiles } detections { label confidence box { x y width height } } }
}`;

/** Throws with what the server says when it does not take the picture. */
export async function upload(url: string, jpeg: Uint8Array): Promise<string> {
  const input = { sizeBytes: jpeg.length, contentType: 'image/jpeg' };
  const { data, errors } = await ask(url, UPLOAD, { input });
  if (errors !== undefined) throw new Error(JSON.stringify(errors));
  const { id } = uploadSchema.parse(data).createUpload;
  const headers = { 'content-type': 'image/jpeg' };
  const body = new Uint8Array(jpeg);
  const sent = await fetch(`${url}/uploads/${id}`, { method: 'PUT', headers, body });
  if (!sent.ok) throw new Error(`PUT /uploads answered ${sent.status}: ${await sent.text()}`);
  return id;
}

export async function predict(url: string, model: string, uploadId: string): Promise<PictureAnswer> {
  const startedAt = performance.now();
  const { data, errors } = await ask(url, PREDICT, { input: { model, uploadId, deadlineMs: 300_000 } });
  const ms = performance.now() - startedAt;
  const [error] = errors ?? [];
  if (error !== undefined) return { ms, failure: error.extensions.code, tiles: 0, detections: 0 };
  const { detections, picture } = predictionSchema.parse(data).predictImage;
  return { ms, failure: undefined, tiles: picture.tiles, detections: detections.length };
}

async function ask(url: string, query: string, variables: object) {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
    signal: AbortSignal.timeout(600_000),
  });
  return answerSchema.parse(await response.json());
}

// A client that sends pictures as a browser would: announced, put, asked for.
import { ask, send, type ApiAnswer } from './api-client.js';

export interface FoundBox {
  readonly label: string;
  readonly confidence: number;
  readonly box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
  readonly mapBox: Readonly<Record<'minX' | 'minY' | 'maxX' | 'maxY', number>> | null;
}

export interface PicturePrediction {
  readonly id: string;
  readonly status: string;
  readonly label: string | null;
  readonly confidence: number | null;
  readonly detections: readonly FoundBox[] | null;
  readonly error: { readonly code: string } | null;
  readonly picture: {
    readonly width: number;
    readonly height: number;
    readonly format: string;
    readonly tiles: number;
    readonly url: string;
    readonly coordinateReferenceSystem: string | null;
  } | null;
}

export const PICTURE_FIELDS = `id status label confidence error { code }
  picture { width height format tiles url coordinateReferenceSystem }
  detections { label confidence box { x y width height } mapBox { minX minY maxX maxY } }`;

/** Announces and sends a picture; answers the id of the upload, or throws with what the server says. */
export async function upload(url: string, bytes: Buffer, contentType = 'image/jpeg'): Promise<string> {
  const mutation = 'mutation ($input: CreateUploadInput!) { createUpload(input: $input) { id url } }';
  const input = { sizeBytes: bytes.length, contentType };
  const { createUpload } = await ask<{ createUpload: { id: string; url: string } }>(url, mutation, { input });
  const headers = { 'content-type': contentType };
  const answer = await fetch(url + createUpload.url, { method: 'PUT', headers, body: new Uint8Array(bytes) });
  if (answer.status !== 204) throw new Error(`PUT answered ${answer.status}: ${await answer.text()}`);
  return createUpload.id;
}

export async function predictImage(
  url: string,
  input: Readonly<Record<string, unknown>>,
): Promise<ApiAnswer<{ predictImage: PicturePrediction }>> {
  const mutation = `mutation ($input: PredictImageInput!) { predictImage(input: $input) { ${PICTURE_FIELDS} } }`;
  return await send(url, mutation, { input: { model: 'orange-tree-detector', ...input } });
}

/** One that must be made. */
export async function predicted(
  url: string,
  input: Readonly<Record<string, unknown>>,
): Promise<PicturePrediction> {
  const { data, errors } = await predictImage(url, input);
  if (errors !== undefined || data == null) throw new Error(JSON.stringify(errors));
  return data.predictImage;
}

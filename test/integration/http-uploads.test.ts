// A picture from createUpload to predictImage over HTTP, and every way in which its transfer can go wrong.
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createIds } from '../../src/create-ids.js';
import { modelManifestSchema } from '../../src/manifest/model-manifest.js';
import type { PredictRequest } from '../../src/serving/serving.js';
import { createUploadStore, type UploadStore } from '../../src/uploads/upload-store.js';
import { eventually } from '../support/eventually.js';
import { scene } from '../support/made-pictures.js';
import { createRooms, MODEL, openDoor, post } from './http-door.js';

const PICTURES = 'tree-detector';
const picture = await scene().jpeg().toBuffer();
const sha256 = createHash('sha256').update(picture).digest('hex');
const now = () => Date.now();

let dir: string;
let uploads: UploadStore;
let door: Awaited<ReturnType<typeof openDoor>>;
const asked: PredictRequest[] = [];

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'vigie-http-uploads-'));
  const log = pino({ level: 'silent' });
  const limits = { maxBytes: 64 * 1024 * 1024, maxPixels: 1e8, ttlMs: 3_600_000 };
  uploads = createUploadStore({ dir, ...limits, createId: createIds(now), now, log });
  const { faces } = createRooms();
  const model = {
    ...faces.registry.model(MODEL),
    manifest: modelManifestSchema.parse({
      name: PICTURES,
      title: 'Trees',
      task: 'detection',
      features: [{ name: 'photo', type: 'image' }],
      classes: ['tree'],
      inputs: [{ tensor: 'images', features: ['photo'] }],
      outputs: { detections: { layout: 'yolov8', tensor: 'output0' } },
      image: { fit: 'tiles' },
    }),
  };
  door = await openDoor({
    uploads,
    allowedOrigins: ['https://orchard.example'],
    graphql: {
      faces: {
        ...faces,
        uploads,
        registry: {
          ...faces.registry,
          version: (name) =>
            name === PICTURES ? { model, version: model.production } : faces.registry.version(name),
        },
        serving: {
          ...faces.serving,
          predict: async (prediction) => {
            asked.push(prediction);
            return await faces.serving.predict({ ...prediction, model: MODEL, features: {} });
          },
        },
      },
    },
  });
});
afterAll(async () => {
  await door.server.stop(500);
  await rm(dir, { recursive: true, force: true });
});

async function run(query: string, input: object) {
  const { body } = await post(door.endpoint, JSON.stringify({ query, variables: { input } }));
  return { data: body.data, code: body.errors?.[0]?.extensions['code'], errors: body.errors };
}
const CREATE = 'mutation ($input: CreateUploadInput!) { createUpload(input: $input) { id url expiresAt } }';
const PREDICT = 'mutation ($input: PredictImageInput!) { predictImage(input: $input) { id } }';

async function createUpload(bytes: Buffer = picture, more = {}) {
  const { data } = await run(CREATE, { sizeBytes: bytes.length, contentType: 'image/jpeg', ...more });
  const upload = data?.['createUpload'] as { id: string; url: string; expiresAt: string };
  return { ...upload, address: `${door.server.url}${upload.url}` };
}
async function put(address: string, body: Buffer, headers: Record<string, string> = {}) {
  const response = await fetch(address, { method: 'PUT', body: new Uint8Array(body), headers });
  const text = await response.text();
  const error = text === '' ? undefined : (JSON.parse(text) as { errors: readonly { extensions: object }[] });
  return { status: response.status, headers: response.headers, extensions: error?.errors[0]?.extensions };
}
const bytesLeft = async (id: string) =>
  (await readdir(join(dir, 'bytes'))).filter((name) => name.startsWith(id));

it('brings a picture from createUpload to predictImage', async () => {
  const upload = await createUpload(picture, { sha256 });
  expect(upload.url).toBe(`/uploads/${upload.id}`);
  expect(Date.parse(upload.expiresAt)).toBeGreaterThan(now());
  expect(await put(upload.address, picture, { 'content-type': 'image/jpeg' })).toMatchObject({ status: 204 });
  expect((await uploads.find(upload.id)).facts).toMatchObject({ format: 'jpeg', width: 64, sha256 });
  const input = { model: PICTURES, uploadId: upload.id, confidence: 0.4, metadata: { field: 'north' } };
  expect((await run(PREDICT, input)).data).toMatchObject({ predictImage: {} });
  expect(asked.at(-1)).toMatchObject({
    model: PICTURES,
    features: { photo: upload.id },
    thresholds: { confidence: 0.4 },
    metadata: { field: 'north' },
  });
});

it('takes a small picture with the question, the same one under the same id', async () => {
  const plain = picture.toString('base64');
  for (const imageBase64 of [plain, `data:image/jpeg;base64,${plain}`])
    expect((await run(PREDICT, { model: PICTURES, imageBase64 })).code).toBeUndefined();
  const [first, second] = asked.slice(-2).map(({ features }) => features['photo']);
  expect(first).toBe(second);
  expect((await uploads.find(String(first))).facts.sha256).toBe(sha256);
});

it('takes one of nearly 5 MB in a request', async () => {
  const large = Buffer.concat([picture, Buffer.alloc(4_999_000 - picture.length)]);
  expect(
    (await run(PREDICT, { model: PICTURES, imageBase64: large.toString('base64') })).code,
  ).toBeUndefined();
});

it.each([
  ['of a model that takes none', { model: MODEL, uploadId: 'x' }, 'INVALID_INPUT', 'input.model'],
  ['without one', { model: PICTURES }, 'INVALID_INPUT', 'input'],
  ['given twice', { model: PICTURES, uploadId: 'x', imageBase64: 'AAAA' }, 'INVALID_INPUT', 'input'],
  ['that is not base64', { model: PICTURES, imageBase64: 'AA=A' }, 'INVALID_INPUT', 'input.imageBase64'],
  [
    'with a confidence of 2',
    { model: PICTURES, uploadId: 'x', confidence: 2 },
    'INVALID_INPUT',
    'input.confidence',
  ],
  ['that is text', { model: PICTURES, imageBase64: 'dGV4dA==' }, 'IMAGE_REJECTED', undefined],
  ['of nobody', { model: 'nobody', uploadId: 'x' }, 'MODEL_NOT_FOUND', undefined],
])('refuses a picture %s', async (_name, input, code, path) => {
  const { errors } = await run(PREDICT, input);
  expect(errors?.[0]?.extensions).toMatchObject({ code, ...(path !== undefined && { issues: [{ path }] }) });
});

it.each([
  ['another type', { contentType: 'image/svg+xml' }, 'UNSUPPORTED_MEDIA_TYPE'],
  ['a size of nothing', { sizeBytes: 0 }, 'INVALID_INPUT'],
  ['more than is allowed', { sizeBytes: 2_000_000_000 }, 'INVALID_INPUT'],
  ['a hash that is none', { sha256: 'x' }, 'INVALID_INPUT'],
])('opens no upload for %s', async (_name, more, code) => {
  expect((await run(CREATE, { sizeBytes: 10, contentType: 'image/png', ...more })).code).toBe(code);
});

const png = await scene().png().toBuffer();
it.each<[string, Buffer, Record<string, string>, number, string]>([
  ['too many bytes', Buffer.concat([picture, picture]), {}, 413, 'PAYLOAD_TOO_LARGE'],
  ['too few bytes', picture.subarray(1), {}, 400, 'INVALID_INPUT'],
  ['another content type', picture, { 'content-type': 'image/png' }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
  ['a form', picture, { 'content-type': 'application/x-www-form-urlencoded' }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
  [
    'another picture format',
    Buffer.concat([png, Buffer.alloc(picture.length)]).subarray(0, picture.length),
    {},
    415,
    'UNSUPPORTED_MEDIA_TYPE',
  ],
  ['text', Buffer.alloc(picture.length, 'x'), {}, 422, 'IMAGE_REJECTED'],
  [
    'a picture without its end',
    Buffer.concat([picture.subarray(0, -30), Buffer.alloc(30)]),
    {},
    422,
    'IMAGE_REJECTED',
  ],
])('answers %s with its code, and leaves the upload open', async (_name, body, headers, status, code) => {
  const upload = await createUpload();
  const answer = await put(upload.address, body, headers);
  expect(answer).toMatchObject({ status, extensions: { code, retryable: false } });
  expect(await bytesLeft(upload.id)).toEqual([]);
  expect((await put(upload.address, picture)).status).toBe(204);
});

it('answers a wrong hash, an unknown upload, and a path that leads elsewhere', async () => {
  const wrong = await createUpload(picture, { sha256: 'a'.repeat(64) });
  expect(await put(wrong.address, picture)).toMatchObject({
    status: 400,
    extensions: { code: 'INVALID_INPUT' },
  });
  for (const id of ['019a0000-0000-7000-8000-000000000000', 'x', '..%2f..%2fetc%2fpasswd'])
    expect(await put(`${door.server.url}/uploads/${id}`, picture)).toMatchObject({
      status: 404,
      extensions: { code: 'UPLOAD_NOT_FOUND' },
    });
});

it('is content with the same bytes again, and not with others', async () => {
  const upload = await createUpload();
  const other = Buffer.from(picture);
  other.writeUInt8(other.readUInt8(other.length - 9) ^ 1, other.length - 9);
  expect((await put(upload.address, picture)).status).toBe(204);
  expect((await put(upload.address, picture)).status).toBe(204);
  expect(await put(upload.address, other)).toMatchObject({
    status: 409,
    extensions: { code: 'IDEMPOTENCY_CONFLICT' },
  });
});

it('answers a refusal while most of the bytes are still to come', async () => {
  const large = Buffer.alloc(20 * 1024 * 1024, 'text');
  const upload = await createUpload(large);
  expect(await put(upload.address, large)).toMatchObject({
    status: 422,
    extensions: { code: 'IMAGE_REJECTED' },
  });
});

it('keeps nothing of a transfer that is cut off, and takes the next', async () => {
  const upload = await createUpload();
  const { hostname, port } = new URL(door.server.url);
  const socket = connect(Number(port), hostname);
  socket.write(`PUT ${upload.url} HTTP/1.1\r\nHost: x\r\nContent-Length: ${picture.length}\r\n\r\n`);
  socket.write(picture.subarray(0, 700));
  await eventually(async () => (await bytesLeft(upload.id)).length === 1);
  socket.destroy();
  await eventually(async () => (await bytesLeft(upload.id)).length === 0);
  expect((await put(upload.address, picture)).status).toBe(204);
});

it('takes chunks of no announced length, up to what the upload was opened for', async () => {
  const upload = await createUpload();
  const chunked = (...pieces: readonly Uint8Array[]) =>
    new Promise<number | undefined>((resolve, reject) => {
      const asked = request(upload.address, { method: 'PUT' }, (answer) =>
        resolve(answer.resume().statusCode),
      );
      asked.on('error', reject);
      for (const piece of pieces) asked.write(piece);
      asked.end();
    });
  expect(await chunked(picture, picture)).toBe(413);
  expect(await chunked(picture.subarray(0, 100), picture.subarray(100))).toBe(204);
});

it('lets pages of listed origins send pictures, and counts all transfers', async () => {
  const { address } = await createUpload();
  const ask = { origin: 'https://orchard.example', 'access-control-request-method': 'PUT' };
  const preflight = await fetch(address, { method: 'OPTIONS', headers: ask });
  expect(preflight.headers.get('access-control-allow-methods')).toContain('PUT');
  expect(preflight.headers.get('access-control-allow-origin')).toBe('https://orchard.example');
  const { headers } = await put(address, picture, { origin: 'https://orchard.example' });
  expect(headers.get('access-control-allow-origin')).toBe('https://orchard.example');
  const text = await door.metrics.registry.metrics();
  expect(text).toMatch(/vigie_uploads_total\{outcome="ok"\} \d/);
  expect(text).toMatch(/vigie_uploads_total\{outcome="IMAGE_REJECTED"\} \d/);
  expect(text).toContain('route="/uploads/:id"');
});

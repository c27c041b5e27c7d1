// Uploads come in whole, once and within bounds; failed tries leave nothing behind; what has expired goes.
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { scene } from '../../test/support/made-pictures.js';
import { createIds } from '../create-ids.js';
import { createUploadStore } from './upload-store.js';

const TTL_MS = 3_600_000;
const picture = await scene().png().toBuffer();
const other = await scene(8, 8).png().toBuffer();
const sha256 = createHash('sha256').update(picture).digest('hex');
const asked = { sizeBytes: picture.length, contentType: 'image/png' };

let dir: string;
let at = 0;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'vigie-uploads-'));
  at = Date.now();
});
afterEach(() => rm(dir, { recursive: true, force: true }));

/** As each process has its own over the same folder. */
const openStore = () =>
  createUploadStore({
    dir,
    maxBytes: 100_000,
    maxPixels: 1_000_000,
    ttlMs: TTL_MS,
    createId: createIds(() => at),
    now: () => at,
    log: pino({ level: 'silent' }),
    maxOpen: 3,
  });
const bytesLeft = () => readdir(join(dir, 'bytes'));
const streamOf = (...pieces: readonly Uint8Array[]) => Readable.from(pieces);

it('takes in what was announced, and every process finds it with its facts', async () => {
  const store = openStore();
  const { id, expiresAt } = await store.open({ ...asked, sha256: sha256.toUpperCase() });
  expect(expiresAt).toBe(at + TTL_MS);
  await expect(store.find(id)).rejects.toThrow(/have not come yet/);
  await store.receive(id, streamOf(picture.subarray(0, 3), picture.subarray(3)), {});
  const found = await openStore().find(id);
  expect(found).toMatchObject({ id, expiresAt });
  expect(found.facts).toEqual({
    format: 'png',
    width: 64,
    height: 48,
    orientation: 1,
    sizeBytes: picture.length,
    sha256,
  });
  expect(await readFile(found.path)).toEqual(picture);
});

it.each([
  ['no bytes', { ...asked, sizeBytes: 0 }, 'INVALID_INPUT', 'input.sizeBytes'],
  ['too many', { ...asked, sizeBytes: 100_001 }, 'INVALID_INPUT', 'input.sizeBytes'],
  ['half a hash', { ...asked, sha256: 'abc' }, 'INVALID_INPUT', 'input.sha256'],
  ['an SVG', { ...asked, contentType: 'image/svg+xml' }, 'UNSUPPORTED_MEDIA_TYPE', undefined],
])('opens none for %s', async (_name, request, code, path) => {
  await expect(openStore().open(request)).rejects.toMatchObject({
    code,
    details: path === undefined ? {} : { issues: [{ path }] },
  });
});

it('has a bounded number of them open', async () => {
  const store = openStore();
  const [first] = await Promise.all([store.open(asked), store.open(asked), store.open(asked)]);
  await expect(store.open(asked)).rejects.toMatchObject({ code: 'OVERLOADED' });
  await store.receive(first.id, streamOf(picture), {});
  await store.open(asked);
});

const cutOff = Readable.from(
  (function* () {
    yield picture.subarray(0, 50);
    throw new Error('gone');
  })(),
);
it.each<[string, Readable, object, string]>([
  ['one byte too many', streamOf(picture, Buffer.alloc(1)), {}, 'PAYLOAD_TOO_LARGE'],
  ['a length that is too large', streamOf(), { contentLength: 90_000 }, 'PAYLOAD_TOO_LARGE'],
  ['one byte too few', streamOf(picture.subarray(0, -1)), {}, 'INVALID_INPUT'],
  ['nothing', streamOf(), {}, 'INVALID_INPUT'],
  ['a transfer that breaks off', cutOff, {}, 'INVALID_INPUT'],
  ['another type', streamOf(picture), { contentType: 'image/jpeg' }, 'UNSUPPORTED_MEDIA_TYPE'],
  [
    'a JPEG',
    streamOf(Buffer.concat([Buffer.from('ffd8ff', 'hex'), picture.subarray(3)])),
    {},
    'UNSUPPORTED_MEDIA_TYPE',
  ],
  ['text', streamOf(Buffer.alloc(picture.length, 'text ')), {}, 'IMAGE_REJECTED'],
  [
    'a broken picture',
    streamOf(Buffer.concat([picture.subarray(0, -20), Buffer.alloc(20)])),
    {},
    'IMAGE_REJECTED',
  ],
])('is open for another try after %s, with nothing left of it', async (_name, stream, headers, code) => {
  const store = openStore();
  const { id } = await store.open(asked);
  await expect(store.receive(id, stream, headers)).rejects.toMatchObject({ code });
  expect(await bytesLeft()).toEqual([]);
  await store.receive(id, streamOf(picture), { contentLength: picture.length, contentType: 'image/PNG' });
  expect((await store.find(id)).facts.sha256).toBe(sha256);
});

it('holds the bytes to the hash they were announced with', async () => {
  const store = openStore();
  const { id } = await store.open({ ...asked, sha256: 'a'.repeat(64) });
  await expect(store.receive(id, streamOf(picture), {})).rejects.toMatchObject({ code: 'INVALID_INPUT' });
});

it('takes the same bytes again, and no others, also when two come at once', async () => {
  const store = openStore();
  const twin = Buffer.from(picture);
  twin.writeUInt8(1, 8 + 25 + 8 + 2);
  const { id } = await store.open(asked);
  const [a, b] = await Promise.all([
    store.receive(id, streamOf(picture), {}),
    openStore().receive(id, streamOf(picture), {}),
  ]);
  expect([a, b]).toEqual([undefined, undefined]);
  expect(await bytesLeft()).toHaveLength(1);
  await store.receive(id, streamOf(picture), {});
  await expect(store.receive(id, streamOf(twin), {})).rejects.toMatchObject({ code: 'IDEMPOTENCY_CONFLICT' });
  expect(await readFile((await store.find(id)).path)).toEqual(picture);
});

it.each([
  '../../etc/passwd',
  '',
  '.',
  '019a0000-0000-7000-8000-00000000000A',
  '019a0000-0000-4000-8000-000000000000',
])('knows no upload "%s"', async (id) => {
  const store = openStore();
  await expect(store.find(id)).rejects.toMatchObject({ code: 'UPLOAD_NOT_FOUND' });
  await expect(store.receive(id, streamOf(picture), {})).rejects.toMatchObject({ code: 'UPLOAD_NOT_FOUND' });
  await store.remove(id);
});

it('gives stored bytes one id, and keeps them anew each time', async () => {
  const store = openStore();
  const first = await store.store(picture);
  at += TTL_MS - 1;
  const again = await openStore().store(picture);
  expect(again).toEqual({ ...first, expiresAt: at + TTL_MS });
  expect((await store.store(other)).id).not.toBe(first.id);
  await expect(store.store(Buffer.from('text'))).rejects.toMatchObject({ code: 'IMAGE_REJECTED' });
  await expect(store.store(Buffer.alloc(100_001))).rejects.toMatchObject({ code: 'PAYLOAD_TOO_LARGE' });
  expect(await bytesLeft()).toHaveLength(2);
});

it('sweeps what has expired and what a crash has left, and nothing else', async () => {
  const store = openStore();
  const left = join(
    dir,
    'bytes',
    '019a0000-0000-7000-8000-000000000000.019a0000-0000-7000-8000-000000000001',
  );
  await writeFile(left, 'half');
  await store.open(asked);
  const done = await store.store(picture);
  await writeFile(join(dir, 'open', '019a0000-0000-7000-8000-000000000002.json'), '{"ha');
  expect(await store.sweep()).toBe(1);
  expect(await bytesLeft()).toHaveLength(2);
  const long = new Date(at - 700_000);
  await utimes(left, long, long);
  await utimes(done.path, long, long);
  expect(await store.sweep()).toBe(1);
  expect((await store.find(done.id)).path).toBe(done.path);
  at += TTL_MS + 1;
  await expect(store.find(done.id)).rejects.toThrow(/expired/);
  at += 60_000;
  expect(await store.sweep()).toBe(2);
  expect(await bytesLeft()).toEqual([]);
});

it('forgets one on demand', async () => {
  const store = openStore();
  const { id } = await store.store(picture);
  await store.remove(id);
  await expect(store.find(id)).rejects.toMatchObject({ code: 'UPLOAD_NOT_FOUND' });
  expect(await bytesLeft()).toEqual([]);
});

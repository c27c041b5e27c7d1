// The face of uploads: pictures on their way in, kept on disk until they expire, for every process that sees the folder.
import { createHash } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import type { Logger } from 'pino';
import { AppError } from '../errors.js';
import { inspectPicture, type PictureFacts } from './inspect-picture.js';
import { findKnown } from './find-known.js';
import { formatOfType } from './picture-format.js';
import { createReceive, type PutHeaders } from './receive-upload.js';
import { sweepUploads } from './sweep-uploads.js';
import { type CompleteRecord, openUploadFiles, type UploadFiles } from './upload-files.js';
import { idOfBytes, isUploadId } from './upload-id.js';

export interface UploadRequest {
  readonly sizeBytes: number;
  readonly contentType: string;
  /** Hexadecimal. */
  readonly sha256?: string | undefined;
}

/** A picture that is here. */
export interface CompleteUpload {
  readonly id: string;
  /** Its file never changes; it is gone some time after `expiresAt`. */
  readonly path: string;
  readonly facts: PictureFacts & { readonly sha256: string };
  /** Epoch ms. */
  readonly expiresAt: number;
}

/** All methods throw AppError with the codes of the contract. */
export interface UploadStore {
  /** Throws INVALID_INPUT naming the field, UNSUPPORTED_MEDIA_TYPE, and OVERLOADED when too many wait for their bytes. */
  open(request: UploadRequest): Promise<{ readonly id: string; readonly expiresAt: number }>;
  /**
   * Takes in the bytes of an open upload. A failed try leaves it open and no bytes behind; the same bytes again are welcome,
   * others throw IDEMPOTENCY_CONFLICT. Throws UPLOAD_NOT_FOUND, PAYLOAD_TOO_LARGE, UNSUPPORTED_MEDIA_TYPE, IMAGE_REJECTED, INVALID_INPUT.
   */
  receive(id: string, stream: Readable, headers: PutHeaders): Promise<void>;
  /** A picture that is in memory already; the same bytes get the same id. Throws PAYLOAD_TOO_LARGE, IMAGE_REJECTED. */
  store(bytes: Uint8Array): Promise<CompleteUpload>;
  /** Throws UPLOAD_NOT_FOUND: unknown, expired, or without its bytes yet. */
  find(id: string): Promise<CompleteUpload>;
  /** Does nothing when there is none. */
  remove(id: string): Promise<void>;
  /** Deletes what has expired and what failed tries have left, in all processes' name; answers how many. */
  sweep(): Promise<number>;
}

export interface UploadStoreOptions {
  /** Made when it is not there. */
  readonly dir: string;
  readonly maxBytes: number;
  readonly maxPixels: number;
  /** From opening, or storing, to expiry. */
  readonly ttlMs: number;
  /** UUIDs of version 7. */
  readonly createId: () => string;
  readonly now: () => number;
  readonly log: Logger;
  /** Uploads that wait for their bytes, in the whole folder. Default 1000. */
  readonly maxOpen?: number;
}

const RETRY_AFTER_MS = 5000;

/** Throws when the folder cannot be made. Nothing runs by itself: who creates the store calls `sweep` now and then. */
export function createUploadStore(options: UploadStoreOptions): UploadStore {
  const { maxBytes, maxPixels, ttlMs, createId, now, maxOpen = 1000 } = options;
  const log = options.log.child({ room: 'uploads' });
  const files = openUploadFiles(options.dir, createId);

  return {
    async open({ sizeBytes, contentType, sha256 }) {
      const format = formatOfType(contentType);
      if (format === undefined) throw new AppError('UNSUPPORTED_MEDIA_TYPE');
      if (!Number.isSafeInteger(sizeBytes) || sizeBytes < 1 || sizeBytes > maxBytes)
        throw invalid('input.sizeBytes', `must be a whole number from 1 to ${maxBytes}`);
      if (sha256 !== undefined && !/^[0-9a-fA-F]{64}$/.test(sha256))
        throw invalid('input.sha256', 'must be 64 hexadecimal digits');
      if ((await files.list('open')).length >= maxOpen)
        throw new AppError('OVERLOADED', 'Too many uploads wait for their bytes.', {
          details: { retryAfterMs: RETRY_AFTER_MS },
        });
      const record = {
        id: createId(),
        sizeBytes,
        format,
        sha256: sha256?.toLowerCase(),
        expiresAt: now() + ttlMs,
      };
      await files.writeOpen(record);
      return { id: record.id, expiresAt: record.expiresAt };
    },

    receive: createReceive({ ...options, files }),

    async store(bytes) {
      if (bytes.length > maxBytes)
        throw new AppError('PAYLOAD_TOO_LARGE', `A picture may have at most ${maxBytes} bytes.`);
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      const id = idOfBytes(sha256);
      const known = await files.readComplete(id);
      const expiresAt = now() + ttlMs;
      if (known !== undefined && known.expiresAt > now()) {
        // Nothing that was stored may expire between here and its prediction.
        const renewed = { ...known, expiresAt };
        await files.writeComplete(renewed, { replace: true });
        return toUpload(files, renewed);
      }
      const file = `${id}.${createId()}`;
      try {
        await writeFile(files.pathOf(file), bytes, { flag: 'wx' });
        const facts = await inspectPicture(files.pathOf(file), { maxPixels });
        const record = { id, file, sha256, expiresAt, ...facts };
        await files.writeComplete(record, { replace: true });
        return toUpload(files, record);
      } catch (error) {
        await rm(files.pathOf(file), { force: true });
        throw error;
      }
    },

    async find(id) {
      const known = await findKnown(files, id, now());
      if (!('file' in known))
        throw new AppError(
          'UPLOAD_NOT_FOUND',
          `The bytes of this upload have not come yet; send them with PUT /uploads/${id}.`,
        );
      return toUpload(files, known);
    },

    async remove(id) {
      if (!isUploadId(id)) return;
      const record = await files.readComplete(id);
      if (record !== undefined) await files.removeComplete(record);
      await files.removeRecord('open', id);
    },

    async sweep() {
      const removed = await sweepUploads(files, now());
      if (removed > 0) log.info({ removed }, 'uploads that had expired are deleted');
      return removed;
    },
  };
}

function toUpload(files: UploadFiles, { id, file, expiresAt, ...facts }: CompleteRecord): CompleteUpload {
  return { id, path: files.pathOf(file), facts, expiresAt };
}

function invalid(path: string, message: string): AppError {
  return new AppError('INVALID_INPUT', undefined, { details: { issues: [{ path, message }] } });
}

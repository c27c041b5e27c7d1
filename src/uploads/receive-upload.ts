// Takes in the bytes of an open upload and makes it complete, once, whoever else is at it.
import { open, rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { AppError } from '../errors.js';
import { findKnown } from './find-known.js';
import { inspectPicture } from './inspect-picture.js';
import { CONTENT_TYPE_OF, formatOfType } from './picture-format.js';
import { type ExpectedBytes, receiveBytes, tooFew, tooLarge } from './receive-bytes.js';
import type { CompleteRecord, UploadFiles } from './upload-files.js';

/** What the sender said of the bytes before sending them. */
export interface PutHeaders {
  readonly contentLength?: number | undefined;
  readonly contentType?: string | undefined;
}

interface ReceiveParts {
  readonly files: UploadFiles;
  readonly maxPixels: number;
  readonly createId: () => string;
  readonly now: () => number;
}

/** `UploadStore.receive` over these files. */
export function createReceive({ files, maxPixels, createId, now }: ReceiveParts) {
  return async (id: string, stream: Readable, headers: PutHeaders): Promise<void> => {
    const known = await findKnown(files, id, now());
    checkHeaders(known, headers);
    if ('file' in known) {
      await checkSame(stream, known);
      return;
    }
    // A name of its own for each try: two at once do not meet, and no cache takes one file for another.
    const file = `${id}.${createId()}`;
    const path = files.pathOf(file);
    let isTaken = false;
    try {
      const sha256 = await writeStream(stream, path, known);
      const facts = await inspectPicture(path, { maxPixels });
      isTaken = await files.writeComplete({ id, file, sha256, expiresAt: known.expiresAt, ...facts });
      if (!isTaken && (await files.readComplete(id))?.sha256 !== sha256) throw conflict();
    } finally {
      if (!isTaken) await rm(path, { force: true });
    }
  };
}

function checkHeaders(
  { sizeBytes, format }: ExpectedBytes,
  { contentLength, contentType }: PutHeaders,
): void {
  if (contentType !== undefined && formatOfType(contentType) !== format)
    throw new AppError(
      'UNSUPPORTED_MEDIA_TYPE',
      `The upload was opened for ${CONTENT_TYPE_OF[format]}; send it with that content type, or none.`,
    );
  if (contentLength === undefined) return;
  if (contentLength > sizeBytes) throw tooLarge(sizeBytes);
  if (contentLength < sizeBytes) throw tooFew(contentLength, sizeBytes);
}

async function checkSame(stream: Readable, { sizeBytes, format, sha256 }: CompleteRecord): Promise<void> {
  const received = await receiveBytes(stream, { sizeBytes, format }, () => Promise.resolve());
  if (received !== sha256) throw conflict();
}

async function writeStream(stream: Readable, path: string, expected: ExpectedBytes): Promise<string> {
  const handle = await open(path, 'wx');
  try {
    return await receiveBytes(stream, expected, (piece) => handle.writeFile(piece));
  } finally {
    await handle.close();
  }
}

function conflict(): AppError {
  return new AppError(
    'IDEMPOTENCY_CONFLICT',
    'This upload is complete, with other bytes; open another for these.',
  );
}

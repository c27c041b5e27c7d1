// Takes in the bytes of one upload as they come: counted, hashed, and refused as soon as they cannot be right.
import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { AppError } from '../errors.js';
import { notAPicture } from './inspect-picture.js';
import { CONTENT_TYPE_OF, formatOf, HEAD_BYTES, type PictureFormat } from './picture-format.js';

export interface ExpectedBytes {
  readonly sizeBytes: number;
  readonly format: PictureFormat;
  readonly sha256?: string | undefined;
}

/**
 * Reads `stream` to its end, giving each piece to `write` before it reads on, and answers the hexadecimal SHA-256. Throws
 * PAYLOAD_TOO_LARGE, UNSUPPORTED_MEDIA_TYPE, IMAGE_REJECTED, and INVALID_INPUT for too few bytes or another hash; the stream
 * is left as it is then, so that who sends can still be answered.
 */
export async function receiveBytes(
  stream: Readable,
  expected: ExpectedBytes,
  write: (piece: Buffer) => Promise<unknown>,
): Promise<string> {
  const hash = createHash('sha256');
  let head = Buffer.alloc(0);
  let received = 0;
  for await (const piece of piecesOf(stream)) {
    received += piece.length;
    if (received > expected.sizeBytes) throw tooLarge(expected.sizeBytes);
    if (head.length < HEAD_BYTES) {
      head = Buffer.concat([head, piece.subarray(0, HEAD_BYTES - head.length)]);
      if (head.length === Math.min(HEAD_BYTES, expected.sizeBytes)) checkFormat(head, expected.format);
    }
    hash.update(piece);
    await write(piece);
  }
  if (received < expected.sizeBytes) throw tooFew(received, expected.sizeBytes);
  const sha256 = hash.digest('hex');
  if (expected.sha256 !== undefined && sha256 !== expected.sha256)
    throw new AppError(
      'INVALID_INPUT',
      `The bytes have the SHA-256 ${sha256}, not the one the upload was opened with.`,
    );
  return sha256;
}

/** The refusal of more bytes than an upload was opened for. */
export function tooLarge(sizeBytes: number): AppError {
  return new AppError(
    'PAYLOAD_TOO_LARGE',
    `These are more than the ${sizeBytes} bytes the upload was opened for.`,
  );
}

/** The refusal of a transfer that ended early. */
export function tooFew(received: number, sizeBytes: number): AppError {
  return new AppError(
    'INVALID_INPUT',
    `The upload was opened for ${sizeBytes} bytes, and these are ${received}; send all of them.`,
  );
}

async function* piecesOf(stream: Readable): AsyncGenerator<Buffer> {
  try {
    for await (const piece of stream.iterator({ destroyOnReturn: false })) {
      if (Buffer.isBuffer(piece)) yield piece;
      else throw new TypeError('a stream of bytes was expected');
    }
  } catch (error) {
    if (error instanceof AppError || error instanceof TypeError) throw error;
    throw new AppError('INVALID_INPUT', 'The transfer broke off; send all of it again.', { cause: error });
  }
}

function checkFormat(head: Buffer, declared: PictureFormat): void {
  const found = formatOf(head);
  if (found === undefined) throw notAPicture(head);
  if (found !== declared)
    throw new AppError(
      'UNSUPPORTED_MEDIA_TYPE',
      `The upload was opened for ${CONTENT_TYPE_OF[declared]}, and these bytes are ${CONTENT_TYPE_OF[found]}.`,
    );
}

// What is known of an upload by its id: complete, or waiting for its bytes.
import { AppError } from '../errors.js';
import type { CompleteRecord, OpenRecord, UploadFiles } from './upload-files.js';
import { isUploadId } from './upload-id.js';

/** Only a complete one has a `file`. Throws UPLOAD_NOT_FOUND: unknown or expired, also for a text that is no id. */
export async function findKnown(
  files: UploadFiles,
  id: string,
  now: number,
): Promise<CompleteRecord | OpenRecord> {
  if (!isUploadId(id)) throw new AppError('UPLOAD_NOT_FOUND');
  // In this order twice, since it may become complete between the two looks.
  const known =
    (await files.readComplete(id)) ?? (await files.readOpen(id)) ?? (await files.readComplete(id));
  if (known === undefined) throw new AppError('UPLOAD_NOT_FOUND');
  if (known.expiresAt <= now)
    throw new AppError('UPLOAD_NOT_FOUND', 'This upload has expired; open another with createUpload.');
  return known;
}

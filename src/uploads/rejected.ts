// The refusal of a picture, with the sentence that says why.
import { AppError } from '../errors.js';

/** IMAGE_REJECTED; `reason` is a whole sentence for the one who sent the picture. */
export function rejected(reason: string, cause?: unknown): AppError {
  return new AppError('IMAGE_REJECTED', reason, cause === undefined ? {} : { cause });
}

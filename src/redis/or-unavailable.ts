// What a client is told when Redis goes away under a question: that it may ask again.
import { AppError } from '../errors.js';

/** Passes on what Redis answers; whatever it fails with becomes UNAVAILABLE, with `message` and the failure as cause. */
export async function orUnavailable<T>(answer: Promise<T>, message = 'Redis cannot be reached.'): Promise<T> {
  try {
    return await answer;
  } catch (cause) {
    throw new AppError('UNAVAILABLE', message, { cause });
  }
}

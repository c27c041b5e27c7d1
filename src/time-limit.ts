// Gives a piece of work a limit in time.

/**
 * Answers what `work` answers, or rejects after `limitMs` with `late`: the message of a plain error, or what makes the
 * error. The work itself is not stopped; what becomes of it after the limit goes unheard.
 */
export async function within<T>(limitMs: number, work: Promise<T>, late: string | (() => Error)): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(typeof late === 'string' ? new Error(late) : late()), limitMs);
  });
  return await Promise.race([work, limit]).finally(() => clearTimeout(timer));
}

// Waits for a condition instead of sleeping: retries until the check answers something truthy.

type Falsy = false | 0 | '' | null | undefined;

/** Returns the first truthy answer of `check`; throws its last error, or a time-out, after `timeoutMs`. */
export async function eventually<T>(
  check: () => T | Promise<T>,
  { timeoutMs = 10_000, everyMs = 25 }: { timeoutMs?: number; everyMs?: number } = {},
): Promise<Exclude<T, Falsy>> {
  const deadline = Date.now() + timeoutMs;
  let lastError: unknown = new Error('the condition stayed false');
  while (Date.now() < deadline) {
    try {
      const answer = await check();
      if (isTruthy(answer)) return answer;
    } catch (error) {
      lastError = error;
    }
    await new Promise((resume) => setTimeout(resume, everyMs));
  }
  throw new Error(`not within ${timeoutMs} ms: ${String(lastError)}`, { cause: lastError });
}

function isTruthy<T>(answer: T): answer is Exclude<T, Falsy> {
  return Boolean(answer);
}

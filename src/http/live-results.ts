// Turns what is published into results, and counts the stream as open until it ends, fails or is left.

interface Counter {
  inc(): void;
  dec(): void;
}

/** One result per event, in order; the count goes down exactly once, and a failure lets go of the source. */
export function liveResults<T>(
  source: AsyncIterable<unknown>,
  toResult: (event: unknown) => T | Promise<T>,
  counter: Counter,
): AsyncGenerator<T, void, void> {
  const events: AsyncIterator<unknown> = source[Symbol.asyncIterator]();
  let open = true;
  counter.inc();
  const end = (): IteratorReturnResult<undefined> => {
    if (open) counter.dec();
    open = false;
    return { done: true, value: undefined };
  };
  const letGo = async () => {
    end();
    await events.return?.();
  };
  return {
    async next() {
      try {
        const event = await events.next();
        return event.done === true ? end() : { done: false, value: await toResult(event.value) };
      } catch (error) {
        await letGo();
        throw error;
      }
    },
    async return() {
      await letGo();
      return end();
    },
    async throw(error: unknown) {
      await letGo();
      throw error;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

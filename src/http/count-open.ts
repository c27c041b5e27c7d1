// Counts a stream as open until it ends, fails or is left.

interface Counter {
  inc(): void;
  dec(): void;
}

/** The same items; the count goes down exactly once. */
export function countOpen<T>(
  source: AsyncGenerator<T, void, void>,
  counter: Counter,
): AsyncGenerator<T, void, void> {
  let open = true;
  counter.inc();
  const end = (): void => {
    if (open) counter.dec();
    open = false;
  };
  const watch = async (step: Promise<IteratorResult<T, void>>): Promise<IteratorResult<T, void>> => {
    try {
      const result = await step;
      if (result.done === true) end();
      return result;
    } catch (error) {
      end();
      throw error;
    }
  };
  return {
    next: () => watch(source.next()),
    return: () => watch(source.return()),
    throw: (error: unknown) => watch(source.throw(error)),
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

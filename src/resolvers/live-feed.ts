// Fan-out inside one process: what a tail reader publishes reaches every subscriber, each through its own bounded buffer.

/** What one subscriber reads; `return()` ends it at once, also while a `next()` is waiting. */
export interface FeedSubscription<T extends object> extends AsyncGenerator<T, undefined, undefined> {
  /** Puts one item in as if it had been published to this subscriber alone. */
  offer(item: T): void;
}

export interface Feed<T> {
  publish(item: T): void;
  /**
   * `select` turns a published item into what this subscriber gets: none, one or several items. With `limit` the
   * subscription ends by itself after that many, with `isLast` after the first item it says so of.
   */
  subscribe<U extends object>(
    select: (item: T) => readonly U[],
    options?: { readonly limit?: number; readonly isLast?: (item: U) => boolean },
  ): FeedSubscription<U>;
  subscribers(): number;
}

export interface FeedOptions {
  /** Unread items a subscriber holds; beyond that the oldest are dropped. Default 1000. */
  readonly maxBuffered?: number;
  /** Told of each item dropped because a subscriber read too slowly. */
  readonly onDrop?: () => void;
}

/** Creates a feed; a slow subscriber loses its own items and delays nobody. */
export function createFeed<T>({ maxBuffered = 1000, onDrop = () => undefined }: FeedOptions = {}): Feed<T> {
  const takers = new Set<(item: T) => void>();
  return {
    publish: (item) => {
      for (const take of takers) take(item);
    },
    subscribe: (select, { limit = Infinity, isLast = () => false } = {}) => {
      const subscription = createSubscription<ReturnType<typeof select>[number]>({
        maxBuffered,
        limit,
        isLast,
        onDrop,
        onEnd: () => takers.delete(take),
      });
      const take = (item: T): void => {
        for (const selected of select(item)) subscription.offer(selected);
      };
      takers.add(take);
      return subscription;
    },
    subscribers: () => takers.size,
  };
}

// Written by hand because an async generator cannot be ended while it waits: its return() queues behind the wait.
function createSubscription<T extends object>(options: {
  readonly maxBuffered: number;
  readonly limit: number;
  readonly isLast: (item: T) => boolean;
  readonly onDrop: () => void;
  readonly onEnd: () => void;
}): FeedSubscription<T> {
  const buffer: T[] = [];
  const waiting: ((result: IteratorResult<T, undefined>) => void)[] = [];
  let left = options.limit;
  let ended = false;

  const end = (): void => {
    if (ended) return;
    ended = true;
    options.onEnd();
    for (const resolve of waiting.splice(0)) resolve({ done: true, value: undefined });
  };

  return {
    offer: (item) => {
      if (ended || left === 0) return;
      left = options.isLast(item) ? 0 : left - 1;
      const reader = waiting.shift();
      if (reader !== undefined) reader({ done: false, value: item });
      else if (buffer.push(item) > options.maxBuffered) {
        buffer.shift();
        options.onDrop();
      }
      if (left === 0) end();
    },
    next: () => {
      const item = buffer.shift();
      // A limited subscription is over for the feed once full, yet what it buffered is still to be read.
      if (item !== undefined) return Promise.resolve({ done: false, value: item });
      if (ended) return Promise.resolve({ done: true, value: undefined });
      return new Promise((resolve) => waiting.push(resolve));
    },
    return: () => {
      buffer.length = 0;
      end();
      return Promise.resolve({ done: true, value: undefined });
    },
    throw: (error: unknown) => {
      end();
      return Promise.reject(error instanceof Error ? error : new Error(String(error)));
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

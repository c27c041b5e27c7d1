// So many tiles may be under way at once; who asked first gets the next place, so that pictures take turns.

export interface Permits {
  /** Resolves when there is a place. */
  take(): Promise<void>;
  give(): void;
}

export function createPermits(places: number): Permits {
  let free = places;
  const waiting: (() => void)[] = [];
  return {
    take() {
      if (free > 0) {
        free -= 1;
        return Promise.resolve();
      }
      return new Promise((resolve) => waiting.push(resolve));
    },
    give() {
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    },
  };
}

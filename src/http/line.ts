// What waits for its turn: first in, first out, in constant time on average.

export interface Line<T> {
  size(): number;
  add(one: T): void;
  take(): T | undefined;
}

export function createLine<T>(): Line<T> {
  let waiting: T[] = [];
  let head = 0;
  return {
    size: () => waiting.length - head,
    add: (one) => void waiting.push(one),
    take() {
      const one = waiting[head];
      if (one === undefined) return undefined;
      head += 1;
      if (head > waiting.length / 2) [waiting, head] = [waiting.slice(head), 0];
      return one;
    },
  };
}

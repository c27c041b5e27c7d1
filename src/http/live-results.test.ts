// A stream of results is counted once while it is open, and lets go of its source however it ends.
import { expect, it } from 'vitest';
import { createFeed } from '../resolvers/live-feed.js';
import { liveResults } from './live-results.js';

function open(toResult: (event: unknown) => unknown = (event) => event) {
  let count = 0;
  const feed = createFeed<{ n: number }>();
  const source = feed.subscribe((item) => [item]);
  const results = liveResults(source, toResult, { inc: () => count++, dec: () => count-- });
  return { feed, results, count: () => count };
}

it('turns events into results, in order', async () => {
  const { feed, results, count } = open((event) => Promise.resolve({ data: event }));
  feed.publish({ n: 1 });
  feed.publish({ n: 2 });
  expect(await results.next()).toEqual({ done: false, value: { data: { n: 1 } } });
  expect(await results.next()).toEqual({ done: false, value: { data: { n: 2 } } });
  expect(count()).toBe(1);
});

it('ends at once when it is left, also while it waits', async () => {
  const { feed, results, count } = open();
  const waiting = results.next();
  await results.return();
  expect(await waiting).toEqual({ done: true, value: undefined });
  expect(await results.next()).toEqual({ done: true, value: undefined });
  expect([count(), feed.subscribers()]).toEqual([0, 0]);
});

it('lets go of its source when a result fails, or when it is told to', async () => {
  const failing = open(() => Promise.reject(new Error('no result')));
  failing.feed.publish({ n: 1 });
  await expect(failing.results.next()).rejects.toThrow('no result');
  expect([failing.count(), failing.feed.subscribers()]).toEqual([0, 0]);

  const told = open();
  await expect(told.results.throw(new Error('enough'))).rejects.toThrow('enough');
  expect([told.count(), told.feed.subscribers()]).toEqual([0, 0]);
});

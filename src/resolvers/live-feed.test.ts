// A feed loses nothing for readers that keep up, bounds those that do not, and lets go of those that leave.
import { expect, it } from 'vitest';
import { createFeed } from './live-feed.js';

interface Item {
  readonly n: number;
}
const all = (item: Item) => [item];

it('gives every subscriber its own selection, in order', async () => {
  const feed = createFeed<Item>();
  const even = feed.subscribe((item) => (item.n % 2 === 0 ? [item] : []));
  const twice = feed.subscribe((item) => [item, { n: item.n * 10 }]);
  feed.publish({ n: 1 });
  feed.publish({ n: 2 });
  expect((await even.next()).value).toEqual({ n: 2 });
  expect((await twice.next()).value).toEqual({ n: 1 });
  expect((await twice.next()).value).toEqual({ n: 10 });
  expect((await twice.next()).value).toEqual({ n: 2 });
});

it('hands an item to a reader that already waits', async () => {
  const feed = createFeed<Item>();
  const next = feed.subscribe(all).next();
  feed.publish({ n: 7 });
  expect(await next).toEqual({ done: false, value: { n: 7 } });
});

it('drops the oldest items of a reader that lags, and counts them', async () => {
  let dropped = 0;
  const feed = createFeed<Item>({ maxBuffered: 2, onDrop: () => dropped++ });
  const slow = feed.subscribe(all);
  for (let n = 1; n <= 5; n++) feed.publish({ n });
  expect(dropped).toBe(3);
  expect((await slow.next()).value).toEqual({ n: 4 });
  expect((await slow.next()).value).toEqual({ n: 5 });
});

it('ends a waiting reader at once when it is left, and forgets it', async () => {
  const feed = createFeed<Item>();
  const subscription = feed.subscribe(all);
  const waiting = subscription.next();
  await subscription.return(undefined);
  expect(await waiting).toEqual({ done: true, value: undefined });
  expect(feed.subscribers()).toBe(0);
  feed.publish({ n: 1 });
  expect((await subscription.next()).done).toBe(true);
});

it('ends by itself after its limit, once what it holds has been read', async () => {
  const feed = createFeed<Item>();
  const one = feed.subscribe(all, { limit: 1 });
  one.offer({ n: 1 });
  feed.publish({ n: 2 });
  expect(feed.subscribers()).toBe(0);
  expect((await one.next()).value).toEqual({ n: 1 });
  expect((await one.next()).done).toBe(true);
});

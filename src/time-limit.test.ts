// A limit ends the waiting, not the work, and leaves no timer behind.
import { getActiveResourcesInfo } from 'node:process';
import { expect, it } from 'vitest';
import { within } from './time-limit.js';

const never = () => new Promise<never>(() => undefined);

it('answers what the work answers, or rejects as it rejects', async () => {
  expect(await within(1000, Promise.resolve('done'), 'late')).toBe('done');
  await expect(within(1000, Promise.reject(new TypeError('broken')), 'late')).rejects.toThrow('broken');
});

it('rejects with the message or the error it was given', async () => {
  await expect(within(5, never(), 'not done within 5 ms')).rejects.toThrow('not done within 5 ms');
  await expect(within(5, never(), () => new RangeError('late'))).rejects.toBeInstanceOf(RangeError);
});

it('leaves no timer behind when the work was in time', async () => {
  const timers = () => getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  const before = timers();
  await Promise.all(Array.from({ length: 10 }, () => within(60_000, Promise.resolve(), 'late')));
  expect(timers()).toBeLessThan(before + 10);
});

it('leaves a rejection that comes too late unheard', async () => {
  let fail: (error: Error) => void = () => undefined;
  const work = new Promise<void>((_resolve, reject) => (fail = reject));
  await expect(within(1, work, 'late')).rejects.toThrow('late');
  fail(new Error('nobody listens any more'));
  await expect(work).rejects.toThrow('nobody listens');
});

// Stopping goes backwards, once, and no part can keep the others from being stopped.
import { pino } from 'pino';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createStopList } from './stop-list.js';

const lines: Record<string, unknown>[] = [];
const log = pino(
  {},
  { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) },
);
const never = () => new Promise<void>(() => undefined);

beforeEach(() => {
  lines.length = 0;
  vi.useFakeTimers();
});
afterEach(() => void vi.useRealTimers());

function listOf(graceMs: number, parts: Readonly<Record<string, () => Promise<void>>>) {
  const stopped: string[] = [];
  const list = createStopList({ graceMs, log });
  for (const [name, stop] of Object.entries(parts))
    list.add(name, async () => {
      stopped.push(name);
      await stop();
    });
  return { list, stopped };
}

const troubled = () => lines.flatMap(({ part }) => (part === undefined ? [] : [part]));

it('stops the last started first, each after the one before is done', async () => {
  const order: string[] = [];
  const list = createStopList({ graceMs: 1000, log });
  for (const name of ['redis', 'worker', 'door'])
    list.add(name, async () => {
      order.push(`${name} begins`);
      await Promise.resolve();
      order.push(`${name} ends`);
    });
  await list.run();
  expect(order).toEqual([
    'door begins',
    'door ends',
    'worker begins',
    'worker ends',
    'redis begins',
    'redis ends',
  ]);
});

it('passes over a part that hangs when the grace is over, names it, and stops the others', async () => {
  const { list, stopped } = listOf(5000, {
    first: () => Promise.resolve(),
    hanging: never,
    last: () => Promise.resolve(),
  });
  const done = list.run();
  await vi.advanceTimersByTimeAsync(4999);
  expect(stopped).toEqual(['last', 'hanging']);
  await vi.advanceTimersByTimeAsync(1);
  await done;
  expect(stopped).toEqual(['last', 'hanging', 'first']);
  expect(troubled()).toEqual(['hanging']);
});

it('gives every part a moment of its own when an earlier one used up the grace', async () => {
  let closed = false;
  const { list } = listOf(100, {
    slow: async () => {
      await new Promise((resolve) => setTimeout(resolve, 900));
      closed = true;
    },
    hanging: never,
  });
  const done = list.run();
  await vi.advanceTimersByTimeAsync(2000);
  await done;
  expect(closed).toBe(true);
  expect(troubled()).toEqual(['hanging']);
});

it('logs a part that fails with its error and goes on', async () => {
  const { list, stopped } = listOf(1000, {
    first: () => Promise.resolve(),
    broken: () => Promise.reject(new Error('still locked')),
  });
  await list.run();
  expect(stopped).toEqual(['broken', 'first']);
  const line = lines.find(({ part }) => part === 'broken');
  expect(JSON.stringify(line)).toContain('still locked');
});

it('runs once, whoever asks how often', async () => {
  const { list, stopped } = listOf(1000, { only: () => Promise.resolve() });
  await Promise.all([list.run(), list.run()]);
  await list.run();
  expect(stopped).toEqual(['only']);
});

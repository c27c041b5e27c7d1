import { expect, it } from 'vitest';
import { createClientRows } from './client-rows.js';

const soon = () => 70;

it('refuses RATE_LIMITED what would put a client over its bound, and nothing of others', () => {
  const clients = createClientRows(10);
  clients.begin('a', 10, soon);
  expect(() => clients.begin('a', 1, soon)).toThrow(
    expect.objectContaining({
      code: 'RATE_LIMITED',
      retryable: true,
      details: { retryAfterMs: 70 },
    }) as Error,
  );
  clients.begin('b', 10, soon);
  clients.end('a', 1);
  clients.begin('a', 1, soon);
  expect(() => clients.begin('b', 1, soon)).toThrow();
});

it('counts nothing of a request it refused', () => {
  const clients = createClientRows(10);
  expect(() => clients.begin('a', 11, soon)).toThrow();
  clients.begin('a', 10, soon);
});

it('does not bound who is not known', () => {
  const clients = createClientRows(1);
  for (let i = 0; i < 5; i++) clients.begin(undefined, 100, soon);
  clients.end(undefined, 100);
});

it('forgets a client with nothing under way, so that a million of them leave nothing behind', () => {
  const clients = createClientRows(1);
  for (let i = 0; i < 1_000_000; i++) {
    clients.begin(`client ${i}`, 1, soon);
    clients.end(`client ${i}`, 1);
  }
  expect(clients.size()).toBe(0);
  clients.begin('a', 1, soon);
  expect(clients.size()).toBe(1);
});

import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createBatcher } from './batcher.js';
import { waitFor, type WaitingRow } from './row.js';

function createBench(overrides: { maxRows?: number; maxInFlight?: number; maxWaiting?: number } = {}) {
  const sent: { rows: readonly WaitingRow[]; comeBack: () => void }[] = [];
  let time = 0;
  const batcher = createBatcher({
    maxRows: 4,
    maxInFlight: 1,
    maxWaiting: 100,
    now: () => time,
    onWaiting: () => undefined,
    ...overrides,
    send: (rows) => new Promise((resolve) => sent.push({ rows, comeBack: resolve })),
  });
  const add = (id: string, deadlineAt = 1000) => {
    const { row, answer } = waitFor(
      { id, features: {}, request: {}, receivedAt: time, deadlineAt },
      () => time,
    );
    batcher.add(row);
    const failure = answer.then(
      () => undefined,
      (error: unknown) => error,
    );
    return { row, failure };
  };
  const ids = () => sent.map(({ rows }) => rows.map((row) => row.id));
  const comeBack = async (batch: number, atMs = time) => {
    time = atMs;
    sent[batch]?.comeBack();
    await nextTurn();
  };
  return { add, ids, comeBack, batcher };
}

describe('the batcher', () => {
  it('sends a lone row in the same turn of the event loop', async () => {
    const bench = createBench();
    bench.add('a');
    await nextTurn();
    expect(bench.ids()).toEqual([['a']]);
  });

  it('lets rows of one turn leave together', async () => {
    const bench = createBench();
    ['a', 'b', 'c'].forEach((id) => bench.add(id));
    await nextTurn();
    expect(bench.ids()).toEqual([['a', 'b', 'c']]);
  });

  it('collects while batches are under way and sends what has gathered when one returns', async () => {
    const bench = createBench();
    bench.add('a');
    await nextTurn();
    ['b', 'c'].forEach((id) => bench.add(id));
    await nextTurn();
    expect(bench.ids()).toEqual([['a']]);
    await bench.comeBack(0);
    expect(bench.ids()).toEqual([['a'], ['b', 'c']]);
  });

  it('never exceeds the batch limit and keeps the order', async () => {
    const bench = createBench({ maxInFlight: 3 });
    'abcdefghij'.split('').forEach((id) => bench.add(id));
    await nextTurn();
    expect(bench.ids().map((rows) => rows.join(''))).toEqual(['abcd', 'efgh', 'ij']);
  });

  it('leaves out rows that were settled while they waited', async () => {
    const bench = createBench();
    bench.add('a');
    await nextTurn();
    const { row, failure } = bench.add('b', 1);
    bench.add('c');
    await failure;
    expect(row.settled()).toBe(true);
    await bench.comeBack(0);
    expect(bench.ids()).toEqual([['a'], ['c']]);
  });

  it('gives the id of a row that missed its deadline only when it had left and may be found', async () => {
    const bench = createBench();
    const sent = bench.add('sent', 1);
    await nextTurn();
    const kept = bench.add('kept', 1);
    await expect(sent.failure).resolves.toMatchObject({
      code: 'DEADLINE_EXCEEDED',
      details: { predictionId: 'sent' },
    });
    await expect(kept.failure).resolves.toMatchObject({ code: 'DEADLINE_EXCEEDED', details: {} });
  });

  it('refuses OVERLOADED when the line is full, with a hint when to come back', async () => {
    const bench = createBench({ maxWaiting: 1 });
    bench.add('a');
    const { failure } = bench.add('b');
    await expect(failure).resolves.toMatchObject({ code: 'OVERLOADED', details: { retryAfterMs: 100 } });
  });

  it('refuses OVERLOADED at once when the predicted wait exceeds the deadline', async () => {
    const bench = createBench({ maxRows: 1 });
    bench.add('a', 10_000);
    await nextTurn();
    await bench.comeBack(0, 400);
    ['b', 'c', 'd'].forEach((id) => bench.add(id, 10_000));
    await nextTurn();
    const { failure } = bench.add('late', 1000);
    await expect(failure).resolves.toMatchObject({ code: 'OVERLOADED' });
  });
});

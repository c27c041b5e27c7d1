// Calls leave in their order, in messages of a bounded size.
import { describe, expect, it } from 'vitest';
import { predictionBatch } from '../../test/support/monitor-batches.js';
import { createCallLine } from './call-line.js';
import type { PluginCall } from './plugin-protocol.js';

function update(monitor: number, rows: number): PluginCall {
  const batch = predictionBatch(
    1,
    Array.from({ length: rows }, () => ({})),
  );
  return { kind: 'update', monitor, events: [{ kind: 'prediction', batch }] };
}

describe('the line of calls', () => {
  it('gives them in order, each once, and at most about a thousand rows at a time', () => {
    const line = createCallLine(10_000);
    const calls = [update(1, 700), update(2, 700), update(1, 10), update(1, 2000), update(1, 0)];
    for (const call of calls) line.add(call);
    expect(line.rows()).toBe(3411);
    const messages = [];
    while (!line.isEmpty()) messages.push(line.take());
    expect(messages.map(({ length }) => length)).toEqual([2, 2, 1]);
    expect(messages.flat()).toEqual(calls);
    expect(line.rows()).toBe(0);
    expect(line.take()).toEqual([]);
  });

  it('is full of rows, not of questions, and forgets what is for a monitor that went', () => {
    const line = createCallLine(20);
    for (let id = 0; id < 50; id += 1) line.add({ kind: 'snapshot', monitor: 1, id });
    line.add(update(1, 15));
    expect(line.isFull()).toBe(false);
    line.add(update(2, 5));
    expect(line.isFull()).toBe(true);
    line.drop(1);
    expect(line.isFull()).toBe(false);
    expect(line.take()).toMatchObject([{ kind: 'update', monitor: 2 }]);
  });
});

// A watch gets every entry in its place and none from the moment on that another version has taken over.
import { getEventListeners } from 'node:events';
import { expect, it } from 'vitest';
import { monitorSubject, predictionBatch, watchableModel } from '../../test/support/monitor-batches.js';
import type { StreamEntry } from '../events/read-entries.js';
import type { MonitorEvent } from './monitor.js';
import { createTaking } from './take-entries.js';

function stage() {
  const state = { production: 1 };
  const taken: string[] = [];
  const moves: number[] = [];
  const asked: (readonly number[])[] = [];
  const stopping = new AbortController();
  const model = watchableModel(monitorSubject(), state);
  const taking = createTaking({
    version: 1,
    model: {
      ...model,
      production: (met, signal) => {
        asked.push(met);
        return model.production(met, signal);
      },
    },
    take: (stream, id, event) => taken.push(`${stream} ${id}${event === undefined ? ' unreadable' : ''}`),
    onMoved: (version) => moves.push(version),
    signal: stopping.signal,
  });
  return { state, taken, moves, asked, stopping, taking };
}

const prediction = (id: string, version = 1): StreamEntry<MonitorEvent> => ({
  stream: 'p',
  id,
  value: { kind: 'prediction', batch: predictionBatch(1, [{}], { version }) },
});
const feedback = (id: string, ...versions: number[]): StreamEntry<MonitorEvent> => ({
  stream: 'f',
  id,
  value: {
    kind: 'feedback',
    batch: {
      v: 1,
      model: 'valve',
      receivedAt: 1,
      items: versions.map((version) => ({
        id: 'f',
        predictionId: 'p',
        version,
        predictedAt: 1,
        predicted: {},
        truth: {},
      })),
    },
  },
});

it('takes entries in order, and asks nobody while all are of its version', async () => {
  const { taken, asked, taking } = stage();
  await taking.onEntries([prediction('1-0'), prediction('2-0'), feedback('1-5', 1)]);
  expect(taken).toEqual(['p 1-0', 'p 2-0', 'f 1-5']);
  expect(asked).toEqual([]);
});

it('takes entries of a version that is not in production, and asks once for all that came together', async () => {
  const { taken, asked, moves, taking } = stage();
  await taking.onEntries([
    prediction('1-0', 2),
    prediction('2-0', 3),
    prediction('3-0', 2),
    prediction('4-0'),
  ]);
  expect(taken).toHaveLength(4);
  expect(asked).toEqual([[2, 3]]);
  expect(moves).toEqual([]);
});

it('stops before the first entry of the version that is in production by now, and takes nothing any more', async () => {
  const { state, taken, moves, taking } = stage();
  state.production = 2;
  await taking.onEntries([prediction('1-0'), prediction('2-0', 3), prediction('3-0', 2), prediction('4-0')]);
  await taking.onEntries([prediction('5-0'), feedback('1-0', 1)]);
  expect(taken).toEqual(['p 1-0', 'p 2-0']);
  expect(moves).toEqual([2]);
});

it('stops before feedback for that version too, also when it comes with feedback for its own', async () => {
  const { state, taken, moves, taking } = stage();
  state.production = 2;
  await taking.onEntries([prediction('1-0'), feedback('1-0', 1), feedback('2-0', 1, 2)]);
  expect(taken).toEqual(['p 1-0', 'f 1-0']);
  expect(moves).toEqual([2]);
});

it('names for feedback no version that would be waited for: it may be for one that went long ago', async () => {
  const { taken, asked, taking } = stage();
  await taking.onEntries([prediction('1-0'), feedback('1-0', 7)]);
  await taking.onEntries([prediction('2-0', 3), feedback('2-0', 3, 7)]);
  expect(taken).toHaveLength(4);
  expect(asked).toEqual([[], [3]]);
});

it('does not stop because production moved, while none of its entries has come', async () => {
  const { state, taken, taking } = stage();
  state.production = 2;
  await taking.onEntries([prediction('1-0'), prediction('2-0', 3)]);
  expect(taken).toHaveLength(2);
});

it('passes over an unreadable entry in its place, though it is told of before those it came with', async () => {
  const { state, taken, taking } = stage();
  taking.onUnreadable({ stream: 'p', id: '2-0' });
  taking.onUnreadable({ stream: 'f', id: '1-0' });
  await taking.onEntries([prediction('1-0'), prediction('3-0'), feedback('2-0', 1)]);
  expect(taken).toEqual(['p 1-0', 'p 2-0 unreadable', 'p 3-0', 'f 1-0 unreadable', 'f 2-0']);

  // Behind the entry before which it stops, a position must not have moved.
  state.production = 2;
  taking.onUnreadable({ stream: 'p', id: '6-0' });
  await taking.onEntries([prediction('4-0'), prediction('5-0', 2)]);
  expect(taken.slice(5)).toEqual(['p 4-0']);
});

it('passes over unreadable entries that came alone, and those behind the last readable one', async () => {
  const { taken, taking } = stage();
  taking.onUnreadable({ stream: 'p', id: '1-0' });
  await Promise.resolve();
  expect(taken).toEqual(['p 1-0 unreadable']);
  taking.onUnreadable({ stream: 'p', id: '3-0' });
  await taking.onEntries([prediction('2-0')]);
  expect(taken.slice(1)).toEqual(['p 2-0', 'p 3-0 unreadable']);
});

it('takes nothing of what was read when it is stopped while it asks', async () => {
  const { taken, stopping, taking, asked } = stage();
  const offered = taking.onEntries([prediction('1-0'), prediction('2-0', 2)]);
  expect(asked).toHaveLength(1);
  stopping.abort();
  await offered;
  expect(taken).toEqual([]);
});

it('leaves nothing behind after it has asked, however long the watch goes on', async () => {
  const { stopping, taking } = stage();
  const offered = taking.onEntries([prediction('1-0', 2)]);
  expect(getEventListeners(stopping.signal, 'abort')).toHaveLength(1);
  await offered;
  expect(getEventListeners(stopping.signal, 'abort')).toEqual([]);
});

it('does not wait for the answer when it is stopped', async () => {
  const stopping = new AbortController();
  const taken: string[] = [];
  const taking = createTaking({
    version: 1,
    model: { ...watchableModel(monitorSubject()), production: () => new Promise(() => undefined) },
    take: (_, id) => taken.push(id),
    onMoved: () => undefined,
    signal: stopping.signal,
  });
  const offered = taking.onEntries([prediction('1-0', 2)]);
  stopping.abort();
  await offered;
  expect(taken).toEqual([]);
});

import { describe, expect, it } from 'vitest';
import { judge, type Request, type Surroundings } from './admission.js';
import type { LaneLoad } from './batcher.js';

const NOW = 1_000_000;
const limits = { maxRows: 1000, maxWaitMs: 500 };
const IDLE: LaneLoad = {
  waitingRows: 0,
  waitingCost: 0,
  batches: 0,
  sentRows: 0,
  sentCost: 0,
  progressAt: NOW - 10,
};
const waiting = (rows: number): LaneLoad => ({
  ...IDLE,
  waitingRows: rows,
  waitingCost: rows,
  batches: 2,
  sentRows: 20,
  sentCost: 20,
});

/** One ms a row in batches of ten; the way there takes five. */
const ask = (load: LaneLoad, request: Partial<Request> = {}, around: Partial<Surroundings> = {}) => {
  const { rows = 1, cost = rows, receivedAt = NOW, deadlineAt = NOW + 10_000 } = request;
  const estimate = { drainMs: (c: number) => c, workMs: (c: number) => 5 + c, batchLimit: () => 10 };
  return judge(
    { rows, cost, receivedAt, deadlineAt },
    { load, estimate, slots: 1, jobsAhead: 0, now: NOW, ...around },
    limits,
  );
};

describe('a request', () => {
  it.each<[string, LaneLoad, Partial<Request>, Partial<Surroundings>, string | undefined]>([
    ['is taken when nothing is ahead', IDLE, {}, {}, undefined],
    ['is taken when what is ahead takes no longer than may be', waiting(480), {}, {}, undefined],
    ['is refused when what is ahead takes longer', waiting(481), {}, {}, 'wait'],
    ['counts what it waited at the door', waiting(470), { receivedAt: NOW - 11 }, {}, 'wait'],
    ['is taken whole, its own rows being no wait', waiting(400), { rows: 500 }, {}, undefined],
    ['is refused whole when there would be too many rows', waiting(480), { rows: 501 }, {}, 'rows'],
    ['counts rows under way as well', { ...IDLE, batches: 1, sentRows: 1000 }, {}, {}, 'rows'],
    ['is refused when its deadline would pass', waiting(300), { deadlineAt: NOW + 330 }, {}, 'deadline'],
    ['is refused when its own work does not fit', IDLE, { rows: 900, deadlineAt: NOW + 900 }, {}, 'deadline'],
    ['is taken when its own work fits', IDLE, { rows: 900, deadlineAt: NOW + 1010 }, {}, undefined],
    ['counts the jobs of others', waiting(400), {}, { jobsAhead: 10 }, 'wait'],
    ['counts the jobs of others when this lane is idle', IDLE, {}, { jobsAhead: 51 }, 'wait'],
    [
      'is taken while a slot is free, however long what runs may take',
      { ...IDLE, batches: 1, sentRows: 900, sentCost: 900 },
      {},
      { slots: 2 },
      undefined,
    ],
    [
      'is refused while a slot is free but others wait for it',
      { ...waiting(481), batches: 1 },
      {},
      { slots: 2 },
      'wait',
    ],
  ])('%s', (_name, load, request, around, reason) => {
    expect(ask(load, request, around)?.reason).toBe(reason);
  });

  it('is taken, whatever was learned, when that was long ago and nothing is under way', () => {
    const hopeless = { rows: 900, deadlineAt: NOW + 1 };
    expect(ask({ ...IDLE, progressAt: NOW - 4000 }, hopeless)?.reason).toBe('deadline');
    expect(ask({ ...IDLE, progressAt: NOW - 5001 }, hopeless)).toBeUndefined();
  });

  it('is refused when more than a batch waits and nothing has come back for long', () => {
    const stalled = { progressAt: NOW - 600 };
    expect(ask({ ...waiting(9), ...stalled })).toBeUndefined();
    expect(ask({ ...waiting(10), ...stalled })?.reason).toBe('wait');
    expect(ask({ ...waiting(10), progressAt: NOW - 400 })).toBeUndefined();
  });

  it('is told to come back when what is ahead now will have been done, never at once', () => {
    expect(ask(waiting(900))?.retryAfterMs).toBe(920);
    expect(ask(IDLE, { rows: 1001 })?.retryAfterMs).toBe(50);
  });
});

// Three times what the workers can do, on a virtual clock: what is accepted stays fast, and no slot is ever idle.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AppError } from '../errors.js';
import { modelManifestSchema } from '../manifest/model-manifest.js';
import { createMetrics } from '../metrics.js';
import type { Executed } from './batcher.js';
import { openLane } from './lane.js';
import { settle, type Row, type WaitingRow } from './row.js';

const MAX_WAIT_MS = 500;
const STARTED_AT = 1_000_000;
const SECONDS = 8;

interface Workers {
  readonly slots: number;
  /** Inference takes `a * n + b` ms. */
  readonly a: number;
  readonly b: number;
  /** On the way there, and as much on the way back. */
  readonly hopMs: number;
  /** How many times as long inference takes just now; 1 when left out. */
  readonly slowness?: () => number;
}

/** Workers whose time is virtual: batches wait in one line for the next free slot. */
function startWorkers(
  { slots, a, b, hopMs, slowness = () => 1 }: Workers,
  onStart: (row: WaitingRow) => void,
) {
  const line: (() => Promise<void>)[] = [];
  let idle = slots;
  const next = () => {
    if (idle === 0) return;
    const run = line.shift();
    if (run === undefined) return;
    idle -= 1;
    void run().then(() => {
      idle += 1;
      next();
    });
  };
  const pass = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
  const send = async (rows: readonly WaitingRow[]): Promise<Executed> => {
    const computeMs = (a * rows.length + b) * slowness();
    await pass(hopMs);
    await new Promise<void>((done) => {
      line.push(async () => {
        rows.forEach(onStart);
        await pass(computeMs);
        done();
      });
      next();
    });
    await pass(hopMs);
    for (const row of rows) settle(row, answered(row));
    return { computeMs };
  };
  return { send };
}

const manifest = modelManifestSchema.parse({
  name: 'm',
  title: 'M',
  task: 'regression',
  features: [{ name: 'x', type: 'number' }],
  inputs: [{ tensor: 'x', features: ['x'] }],
  outputs: { value: 'y' },
});

beforeEach(() => void vi.useFakeTimers({ now: STARTED_AT }));
afterEach(() => void vi.useRealTimers());

interface Load {
  /** Rows of one request, and ms from one request to the next. */
  readonly rows: number;
  readonly everyMs: number;
  readonly deadlineMs?: number;
}

async function offer(workers: Workers, { rows, everyMs, deadlineMs = 10_000 }: Load, seconds = SECONDS) {
  const waits: { readonly ms: number; readonly receivedAt: number }[] = [];
  const offered = { rows: 0, done: 0, late: 0 };
  const retries: number[] = [];
  const { send } = startWorkers(workers, ({ receivedAt }) =>
    waits.push({ ms: Date.now() - receivedAt, receivedAt: receivedAt - STARTED_AT }),
  );
  const lane = openLane(
    manifest,
    { version: 1 },
    {
      dispatch: { send: (_target, batch) => send(batch), post: notHere, stop: notHere },
      slots: () => workers.slots,
      jobsAhead: () => 0,
      maxWaitingRows: 1_000_000,
      maxWaitMs: MAX_WAIT_MS,
      maxPictureWaitMs: 60_000,
      threads: () => 1,
      record: notHere,
      recent: { remember: () => undefined },
      createId: () => '',
      now: Date.now,
      metrics: createMetrics(),
    },
  );
  const request = () => {
    offered.rows += rows;
    const own = Array.from({ length: rows }, () => rowOf(deadlineMs));
    const [first] = own;
    const refused = first && lane.refusal(own.length, first);
    if (refused !== undefined) {
      expect(refused.code).toBe('OVERLOADED');
      retries.push(refused.details.retryAfterMs ?? 0);
      return;
    }
    void lane.run(own).then((outcomes) => {
      for (const outcome of outcomes) offered[outcome instanceof AppError ? 'late' : 'done'] += 1;
    });
  };
  const turns = (seconds * 1000) / everyMs;
  for (let turn = 0; turn < turns; turn++) {
    request();
    await vi.advanceTimersByTimeAsync(everyMs);
  }
  return { ...offered, waits, retries, perSecond: offered.done / seconds };
}

const batchOf = ({ a, b, hopMs }: Workers) => Math.min(256, Math.ceil((9 * (b + 2 * hopMs)) / a));

describe.each<[string, Workers, number]>([
  ['one for which batches pay', { slots: 1, a: 2, b: 5, hopMs: 2 }, 1],
  ['one for which batches pay, in requests of a hundred rows', { slots: 1, a: 0.2, b: 1, hopMs: 1 }, 100],
  ['one for which batches pay, on three slots', { slots: 3, a: 5, b: 8, hopMs: 2 }, 1],
  ['a large one, for which batches do not pay', { slots: 1, a: 30, b: 1, hopMs: 1 }, 1],
  ['a large one on two slots', { slots: 2, a: 60, b: 3, hopMs: 2 }, 1],
])('%s', (_name, workers, rows) => {
  const n = batchOf(workers);
  const batchMs = workers.a * n + workers.b;
  const peak = (workers.slots * n * 1000) / batchMs;

  it('does as much as it can under three times as much, and lets nobody wait longer than may be', async () => {
    const everyMs = (rows * 1000) / (3 * peak);
    const { waits, retries, late, perSecond, ...offered } = await offer(workers, { rows, everyMs });
    expect(perSecond).toBeGreaterThan(0.93 * peak);
    expect(late).toBe(0);
    expect(longest(waits)).toBeLessThan(MAX_WAIT_MS + batchMs + workers.a * rows);
    // The rest was refused, with the time in which the line will have been done.
    expect(retries.length * rows).toBeGreaterThan(0.6 * offered.rows);
    expect(Math.min(...retries)).toBeGreaterThan(MAX_WAIT_MS / 2);
    expect(Math.max(...retries)).toBeLessThan(2 * MAX_WAIT_MS + batchMs);
  });

  it('refuses nothing of half of what it can do', async () => {
    const everyMs = (rows * 1000) / (0.5 * peak);
    const { retries, done, late, rows: all } = await offer(workers, { rows, everyMs });
    expect({ refused: retries.length, late }).toEqual({ refused: 0, late: 0 });
    expect(done).toBeGreaterThan(0.97 * all);
  });

  it('refuses what would miss its deadline, and answers in time what it took', async () => {
    const deadlineMs = 4 * batchMs + 4 * workers.hopMs + workers.a * rows;
    const everyMs = (rows * 1000) / (3 * peak);
    const { late, done, perSecond } = await offer(workers, { rows, everyMs, deadlineMs });
    expect(late).toBeLessThan(0.02 * done);
    expect(perSecond).toBeGreaterThan(0.9 * peak);
  });
});

describe('workers that are not always the same', () => {
  const workers: Workers = { slots: 1, a: 2, b: 5, hopMs: 2 };
  const n = batchOf(workers);
  const batchMs = workers.a * n + workers.b;
  const peak = (n * 1000) / batchMs;
  const load = { rows: 10, everyMs: 10_000 / (3 * peak) };

  it('that vary by a third and pause at times are still kept busy, and the line short', async () => {
    let batches = 0;
    // Every fiftieth batch takes ten times as long, the others vary without a pattern.
    const slowness = () => (++batches % 50 === 0 ? 10 : 0.67 + 0.66 * ((batches * 0.618) % 1));
    const { waits, perSecond, late } = await offer({ ...workers, slowness }, load, 20);
    expect(perSecond).toBeGreaterThan((0.9 * peak) / 1.18);
    // The longest pause is that of a batch of twice the size, which is tried now and then.
    expect(longest(waits)).toBeLessThan(MAX_WAIT_MS + 20 * batchMs);
    expect(late).toBe(0);
  });

  it('that become four times slower are given less within two seconds, and more again when they recover', async () => {
    const at = () => Date.now() - STARTED_AT;
    const slowness = () => (at() > 8000 && at() < 16_000 ? 4 : 1);
    const { waits, done } = await offer({ ...workers, slowness }, load, 24);
    // A batch, four times slower, perhaps one of twice the size that is tried now and then.
    const after = waits.filter(({ receivedAt }) => receivedAt > 10_000);
    expect(longest(after)).toBeLessThan(MAX_WAIT_MS + 8 * batchMs);
    expect(done).toBeGreaterThan(0.9 * peak * (16 + 8 / 4));
  });

  it('that stand still are not buried under what nobody could answer', async () => {
    const slowness = () => (Date.now() - STARTED_AT > 4000 ? 1e6 : 1);
    const { rows, done, retries } = await offer({ ...workers, slowness }, load, 9);
    const taken = rows - 10 * retries.length;
    expect(taken - done).toBeLessThan(2 * peak);
  });
});

const longest = (waits: readonly { readonly ms: number }[]) =>
  waits.reduce((most, { ms }) => Math.max(most, ms), 0);

const rowOf = (deadlineMs: number): Row => ({
  id: 'r',
  features: { x: 1 },
  request: {},
  receivedAt: Date.now(),
  deadlineAt: Date.now() + deadlineMs,
});

const answered = ({ id, features, receivedAt }: Row) => ({
  id,
  model: 'm',
  version: 1,
  status: 'completed' as const,
  label: null,
  value: 1,
  confidence: null,
  probabilities: null,
  detections: null,
  picture: null,
  features,
  warnings: [],
  createdAt: receivedAt,
  timings: { totalMs: 0, queueMs: 0, computeMs: 0, batchSize: 1 },
  error: null,
  requestId: null,
  subject: null,
  metadata: null,
});

const notHere = () => Promise.reject(new Error('not in this test'));

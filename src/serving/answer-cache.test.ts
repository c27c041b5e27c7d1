import { expect, it } from 'vitest';
import { samplePrediction } from '../../test/support/store-samples.js';
import { AppError } from '../errors.js';
import { createAnswerCache } from './answer-cache.js';
import { createPredictFromCache } from './cached-answers.js';
import type { Row } from './row.js';
import { createThroughCache, type Workers } from './through-cache.js';

const version = { model: 'm', version: 1, featureNames: ['a', 'b'] };
const made = samplePrediction({ id: 'p1' });

it.each([
  ['the order of the keys', { a: 1, b: 'x' }, { b: 'x', a: 1 }, true],
  ['a number', { a: 1, b: null }, { a: 1.0000001, b: null }, false],
  ['a missing value', { a: 1, b: null }, { a: 1, b: '' }, false],
  ['a text that looks like a number', { a: 1, b: '2' }, { a: 1, b: 2 }, false],
  ['the sign of zero', { a: 0, b: 1 }, { a: -0, b: 1 }, false],
])('finds an answer whatever %s only if the model sees the same', (_what, one, other, same) => {
  const cache = createAnswerCache(version, 10);
  cache.keep(cache.keyOf(one), made);
  expect(cache.find(cache.keyOf(other)) !== undefined).toBe(same);
  expect(createAnswerCache({ ...version, version: 2 }, 10).keyOf(one)).not.toBe(cache.keyOf(one));
});

it('keeps so many answers, those used last, and no failure', () => {
  const cache = createAnswerCache(version, 2);
  cache.keep('a', made);
  cache.keep('b', made);
  cache.find('a');
  cache.keep('c', made);
  cache.keep('failed', { ...made, status: 'failed' });
  expect(['a', 'b', 'c', 'failed'].map((key) => cache.find(key) !== undefined)).toEqual([
    true,
    false,
    true,
    false,
  ]);
});

const rowOf = (a: number): Row => ({
  id: `row-${a}`,
  features: { a, b: null },
  request: {},
  receivedAt: 1,
  deadlineAt: 2,
});
const target = { ...version, queue: 'inference-cpu' as const };

function createBench(record: () => Promise<void> = () => Promise.resolve()) {
  const entries: object[] = [];
  const cache = createAnswerCache(version, 10);
  const predictFromCache = createPredictFromCache({
    target,
    record: async (model, batch) => {
      await record();
      entries.push({ model, ids: batch.ids, computeMs: batch.timings.computeMs });
    },
    recent: { remember: () => undefined },
    createId: () => 'batch',
    now: () => 5,
  });
  const workers: Workers = {
    admit: (rows) => {
      if (rows.some(({ id }) => id === 'row-666')) throw new AppError('OVERLOADED');
    },
    run: (rows) =>
      Promise.resolve(
        rows.map(({ id }) => ({ ...made, id, status: id === 'row-13' ? ('failed' as const) : made.status })),
      ),
  };
  const through = createThroughCache(cache, predictFromCache, () => undefined);
  const ask = (...as: number[]) => through(as.map(rowOf), workers);
  const idsOf = async (...as: number[]) =>
    (await ask(...as)).map((outcome) => (outcome instanceof AppError ? outcome.code : outcome.id));
  return { entries, ask, idsOf };
}

it('puts all hits of one turn into one entry, and each answer where it was asked for', async () => {
  const { entries, idsOf } = createBench();
  await idsOf(1, 2);
  expect(entries).toEqual([]);
  const answers = await Promise.all([idsOf(3, 1, 2, 4), idsOf(2), idsOf(5)]);
  expect(answers).toEqual([['row-3', 'row-1', 'row-2', 'row-4'], ['row-2'], ['row-5']]);
  expect(entries).toEqual([{ model: 'm', ids: ['row-1', 'row-2', 'row-2'], computeMs: 0 }]);
});

it('does not keep what failed', async () => {
  const { entries, idsOf } = createBench();
  await idsOf(13);
  await idsOf(13);
  expect(entries).toEqual([]);
});

it('makes nothing of a request whose other rows cannot be taken', async () => {
  const { entries, ask } = createBench();
  await ask(1);
  await expect(ask(1, 666)).rejects.toMatchObject({ code: 'OVERLOADED' });
  expect(entries).toEqual([]);
});

it('answers UNAVAILABLE with the id when a hit cannot be recorded', async () => {
  const { ask } = createBench(() => Promise.reject(new AppError('UNAVAILABLE')));
  await ask(1);
  await expect(ask(1)).resolves.toMatchObject([{ code: 'UNAVAILABLE', details: { predictionId: 'row-1' } }]);
});

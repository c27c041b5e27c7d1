// Models of rows and of pictures get the threads and cores that suit them, unless somebody says otherwise.
import { expect, it } from 'vitest';
import { coresOf, planSessionThreads, threadsOf } from './session-threads.js';

type Asked = Parameters<typeof planSessionThreads>[0];
type Image = Parameters<typeof threadsOf>[0]['image'];

const ROWS = { image: undefined, inference: {} };
const PICTURES = { image: {} as Image, inference: {} };
const plan = (asked: Partial<Asked>) => planSessionThreads({ cores: 2, providers: ['cpu'], ...asked });

it.each([
  { asked: { cores: 1 }, rows: [1, 1], pictures: [1, 1] },
  { asked: { cores: 2 }, rows: [2, 1], pictures: [2, 1] },
  { asked: { cores: 2, threads: 1 }, rows: [1, 2], pictures: [2, 1] },
  { asked: { cores: 16 }, rows: [2, 8], pictures: [4, 4] },
  { asked: { cores: 16, threads: 8 }, rows: [8, 2], pictures: [8, 2] },
  { asked: { cores: 16, pictureThreads: 16 }, rows: [2, 8], pictures: [16, 1] },
  { asked: { cores: 16, threads: 4, pictureThreads: 1 }, rows: [4, 4], pictures: [1, 16] },
  { asked: { cores: 2, pictureThreads: 4 }, rows: [2, 1], pictures: [4, 1] },
  { asked: { cores: 16, providers: ['cuda', 'cpu'] }, rows: [1, 16], pictures: [1, 16] },
])('shares the cores of $asked among threads as $rows and $pictures', ({ asked, rows, pictures }) => {
  const threads = plan(asked);
  expect([threadsOf(ROWS, threads), coresOf(ROWS, threads)]).toEqual(rows);
  expect([threadsOf(PICTURES, threads), coresOf(PICTURES, threads)]).toEqual(pictures);
});

it('follows the manifest, as far as there are threads', () => {
  const threads = plan({ cores: 16 });
  const asking = (inference: { threads?: number; intraOpNumThreads?: number }) => ({
    ...PICTURES,
    inference,
  });
  expect(threadsOf(asking({ threads: 2 }), threads)).toBe(2);
  expect(threadsOf(asking({ threads: 9 }), threads)).toBe(4);
  expect(coresOf(asking({ intraOpNumThreads: 7 }), threads)).toBe(7);
});

// A batch is written around its bad rows, and stopped by everything else.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { AppError } from '../errors.js';
import { writeAround } from './write-around.js';

it('writes every good row and refuses every bad one, whatever their places', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.boolean(), { maxLength: 60 }), async (goodness) => {
      const rows = goodness.map((good, index) => ({ good, index }));
      const written: number[] = [];
      const refused = await writeAround(rows, (part) => {
        if (part.some(({ good }) => !good))
          return Promise.reject(Object.assign(new Error(), { code: '22P02' }));
        written.push(...part.map(({ index }) => index));
        return Promise.resolve();
      });
      expect(written).toEqual(rows.filter(({ good }) => good).map(({ index }) => index));
      expect(refused.map(({ row }) => row.index)).toEqual(
        rows.filter(({ good }) => !good).map(({ index }) => index),
      );
    }),
  );
});

it('rejects when the database goes away, also in the middle', async () => {
  const write = (part: readonly number[]) =>
    part.length > 2
      ? Promise.reject(Object.assign(new Error(), { code: '23502' }))
      : Promise.reject(new AppError('UNAVAILABLE'));
  await expect(writeAround([1, 2, 3, 4], write)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
});

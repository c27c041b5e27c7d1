// Errors are sorted by whether trying again helps.
import { expect, it } from 'vitest';
import { AppError } from '../errors.js';
import { isDataError, sqlStateOf, toStoreError } from './database-errors.js';

const coded = (code: string) => Object.assign(new Error('words'), { code });

it.each([
  coded('ECONNREFUSED'),
  coded('EPIPE'),
  Object.assign(new AggregateError([coded('ECONNREFUSED')]), { code: 'ECONNREFUSED' }),
  coded('08006'),
  coded('57P01'),
  coded('57P03'),
  coded('57014'),
  coded('53300'),
  coded('53100'),
  coded('40P01'),
  coded('25006'),
  new Error('Connection terminated unexpectedly'),
  new Error('Connection terminated due to connection timeout'),
  new Error('timeout exceeded when trying to connect'),
  new Error('Query read timeout'),
  new Error('Client has encountered a connection error and is not queryable'),
  new Error('Cannot use a pool after calling end on the pool'),
])('$code $message: the database is out of reach, the data is not to blame', (error) => {
  expect(toStoreError(error)).toMatchObject({ code: 'UNAVAILABLE', retryable: true, cause: error });
  expect(isDataError(error)).toBe(false);
  expect(isDataError(toStoreError(error))).toBe(false);
});

it.each([coded('22P02'), coded('23502'), coded('54000')])('$code: the data is to blame', (error) => {
  expect(toStoreError(error)).toBe(error);
  expect(isDataError(error)).toBe(true);
  expect(sqlStateOf(error)).toBe(error.code);
});

it.each([
  coded('42P01'),
  coded('42601'),
  coded('28P01'),
  new Error('anything'),
  new TypeError('x'),
  'text',
  null,
])('%s: neither, so it stays what it is', (error) => {
  expect(toStoreError(error)).toBe(error);
  expect(isDataError(error)).toBe(false);
});

it('input that the store itself refuses is bad data', () => {
  expect(isDataError(new AppError('INVALID_INPUT'))).toBe(true);
  expect(isDataError(new AppError('UNAVAILABLE'))).toBe(false);
  expect(sqlStateOf(coded('EPIPE'))).toBeUndefined();
});

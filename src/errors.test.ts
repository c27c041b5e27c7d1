// What errors carry with them.
import { expect, test } from 'vitest';
import { AppError } from './errors.js';

test('an expected failure writes down no stack trace, an unexpected one does', () => {
  expect(new AppError('OVERLOADED').stack).not.toContain('\n    at ');
  expect(new AppError('INTERNAL').stack).toContain('\n    at ');
  expect(new Error('another').stack).toContain('\n    at ');
});

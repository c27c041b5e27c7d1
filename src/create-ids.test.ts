// Ids stay unique and in order, whatever the clock does.
import { validate, version } from 'uuid';
import { expect, test } from 'vitest';
import { createIds } from './create-ids.js';

test('ids made within one millisecond are unique and in order', () => {
  const createId = createIds(() => 1_700_000_000_000);
  const ids = Array.from({ length: 10_000 }, createId);
  expect(ids).toEqual([...new Set(ids)].sort());
});

test('an id is a version 7 UUID that begins with its time', () => {
  const id = createIds(() => 0x0192_3456_789a)();
  expect([validate(id), version(id), id.slice(0, 13)]).toEqual([true, 7, '01923456-789a']);
});

test('ids go on growing when the clock is set back', () => {
  const times = [2000, 1000, 1000, 2001];
  const createId = createIds(() => times.shift() ?? 0);
  const ids = [createId(), createId(), createId(), createId()];
  expect(ids).toEqual(ids.toSorted());
});

test('two makers of one millisecond make different ids', () => {
  const first = createIds(() => 1000);
  const second = createIds(() => 1000);
  expect(new Set([...Array.from({ length: 500 }, first), ...Array.from({ length: 500 }, second)]).size).toBe(
    1000,
  );
});

// Where groups stand in a stream.
import { describe, expect, it } from 'vitest';
import { compareIds, estimateLag, lostUnread, oldestNeeded, type GroupPosition } from './stream-position.js';

const group = (position: Partial<GroupPosition>): GroupPosition => ({
  name: 'g',
  lastDelivered: '0-0',
  oldestPending: null,
  entriesRead: null,
  lag: null,
  ...position,
});
const stream = { length: 100, entriesAdded: 150, first: '1000-0', last: '2000-0' };

describe('entry ids', () => {
  it.each([
    ['9-0', '10-0', -1],
    ['10-2', '10-10', -1],
    ['10-1', '10-1', 0],
    ['10', '10-0', 0],
    ['1700000000000-18446744073709551615', '1700000000000-18446744073709551614', 1],
  ])('%s against %s is %i', (a, b, order) => {
    expect(Math.sign(compareIds(a, b))).toBe(order);
  });
});

describe('what a group still needs', () => {
  it('starts at its oldest unacknowledged entry, else at its last delivered one', () => {
    expect(oldestNeeded(group({ lastDelivered: '9-0' }))).toBe('9-0');
    expect(oldestNeeded(group({ lastDelivered: '9-0', oldestPending: '4-0' }))).toBe('4-0');
    // A position set back lies before what is pending.
    expect(oldestNeeded(group({ lastDelivered: '2-0', oldestPending: '4-0' }))).toBe('2-0');
  });
});

describe('the lag', () => {
  it.each([
    ['as Redis counts it', { lag: 7 }, 7],
    ['none at the end', { lastDelivered: '2000-0' }, 0],
    ['everything before the start', { lastDelivered: '500-0' }, 100],
    ['by time in between', { lastDelivered: '1750-0' }, 25],
    ['at least one when not at the end', { lastDelivered: '1999-0' }, 1],
  ])('is %s', (_, position, lag) => {
    expect(estimateLag(stream, group(position))).toBe(lag);
  });

  it('is none in an empty stream', () => {
    expect(estimateLag({ ...stream, length: 0, first: null, last: null }, group({}))).toBe(0);
  });
});

describe('entries lost unread', () => {
  it.each([
    ['those removed beyond what was read', { entriesRead: 30, lastDelivered: '400-0' }, 20],
    ['none when all removed ones were read', { entriesRead: 50, lastDelivered: '900-0' }, 0],
    ['none when the group stands inside the stream', { entriesRead: 10, lastDelivered: '1500-0' }, 0],
    ['all removed ones when it never read any', { entriesRead: null, lastDelivered: '0-0' }, 50],
    ['none when Redis does not know', { entriesRead: null, lastDelivered: '400-0' }, 0],
  ])('are %s', (_, position, lost) => {
    expect(lostUnread(stream, group(position))).toBe(lost);
  });
});

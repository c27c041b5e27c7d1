// A segment has one name, whatever its value looks like, and two values never share one.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { segmentName, segmentsOf, segmentSource, shortened } from './segment-by.js';

it('tells features from keys of the metadata', () => {
  expect(segmentSource('room_type')).toEqual({ kind: 'feature', name: 'room_type' });
  expect(segmentSource('metadata.region.north')).toEqual({ kind: 'metadata', name: 'region.north' });
});

it.each([
  ['kitchen', 'kitchen'],
  ['', '(empty)'],
  [7, '7'],
  [true, 'true'],
  [null, undefined],
  [undefined, undefined],
  [Number.NaN, undefined],
  [{ a: 1 }, undefined],
  [['a'], undefined],
])('calls %j as a segment %j', (value, name) => {
  expect(segmentName(value)).toBe(name);
});

it('gives every text a clean name of at most 64 characters, and different texts different ones', () => {
  const codeUnits = fc
    .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 120 })
    .map((units) => String.fromCharCode(...units));
  fc.assert(
    fc.property(codeUnits, fc.string({ maxLength: 200 }), (one, other) => {
      const [a = '', b = ''] = [segmentName(one), segmentName(other)];
      expect(a.length).toBeLessThanOrEqual(64);
      expect(a).not.toMatch(/\p{C}/u);
      expect(a === b).toBe(one === other);
    }),
  );
  const long = (end: string) => segmentName(`${'x'.repeat(100)}${end}`);
  expect(long('a')).not.toBe(long('b'));
  expect(segmentName(`${'x'.repeat(54)}😀${'y'.repeat(20)}`)).not.toMatch(/\p{C}/u);
  expect(segmentName('a\nb')).not.toBe(segmentName('a\tb'));
});

it('shortens no text that fits', () => {
  expect(shortened('kitchen', 7)).toBe('kitchen');
  expect(shortened('kitchens and more', 12)).toMatch(/^kit~[0-9a-f]{8}$/);
});

it('names the segment of a prediction for every key that monitors ask for', () => {
  const monitors = {
    latency: { segmentBy: 'metadata.region' },
    performance: { segmentBy: 'room_type' },
    'data-drift': { segmentBy: 'room_type' },
    confidence: false,
    throughput: { segmentBy: 'metadata.constructor' },
  } as const;
  const features = { room_type: 'kitchen' };
  expect(segmentsOf({ monitors }, { features, metadata: { region: 3 } })).toEqual({
    'metadata.region': '3',
    room_type: 'kitchen',
  });
  expect(segmentsOf({ monitors: {} }, { features, metadata: null })).toBeUndefined();
});

import { describe, expect, it } from 'vitest';
import { applyDrifts, parseDrifts } from './drift.js';

describe('parseDrifts', () => {
  it.each([
    ['temperature+8@60', [{ feature: 'temperature', operation: '+', operand: 8, atSeconds: 60 }]],
    ['co2*1.5@0', [{ feature: 'co2', operation: '*', operand: 1.5, atSeconds: 0 }]],
    ['humidity--5@2.5', [{ feature: 'humidity', operation: '-', operand: -5, atSeconds: 2.5 }]],
    ['room_type=kitchen@30', [{ feature: 'room_type', operation: '=', operand: 'kitchen', atSeconds: 30 }]],
    [
      'a+1@1, b=2@3',
      [
        { feature: 'a', operation: '+', operand: 1, atSeconds: 1 },
        { feature: 'b', operation: '=', operand: 2, atSeconds: 3 },
      ],
    ],
    ['', []],
  ])('reads %j', (text, drifts) => {
    expect(parseDrifts(text)).toEqual(drifts);
  });

  it.each(['temperature', 'temperature+8', 'temperature+hot@60', '+8@60', 'temperature+8@-1', 'a+1@x'])(
    'refuses %j and quotes it',
    (text) => {
      expect(() => parseDrifts(text)).toThrow(`"${text}"`);
    },
  );
});

describe('applyDrifts', () => {
  const features = { temperature: 20, room_type: 'office' };

  it('leaves the features alone before the second', () => {
    expect(applyDrifts(features, parseDrifts('temperature+8@60'), 59.9)).toEqual(features);
  });

  it('bends them from the second on, without bounds', () => {
    const drifts = parseDrifts('temperature*100@60,temperature-1@60,room_type=kitchen@60');
    expect(applyDrifts(features, drifts, 60)).toEqual({ temperature: 1999, room_type: 'kitchen' });
  });
});

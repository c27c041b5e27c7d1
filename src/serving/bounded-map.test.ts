import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createBoundedMap } from './bounded-map.js';

const KEYS = 'abcdefghij'.split('');

it('holds at most so many entries and lets the one go that was longest unset and unused', () => {
  const step = fc.record({
    key: fc.constantFrom(...KEYS),
    does: fc.constantFrom('set', 'use', 'get'),
  });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5 }), fc.array(step, { maxLength: 200 }), (maxEntries, steps) => {
      const map = createBoundedMap<string>(maxEntries);
      // Oldest first.
      let model: string[] = [];
      for (const { key, does } of steps) {
        const known = model.includes(key);
        if (does === 'set') map.set(key, key);
        else expect(map[does](key)).toBe(known ? key : undefined);
        if (does === 'set' || (does === 'use' && known))
          model = [...model.filter((other) => other !== key), key].slice(-maxEntries);
        expect(map.size()).toBe(model.length);
      }
      for (const key of KEYS) expect(map.get(key)).toBe(model.includes(key) ? key : undefined);
    }),
  );
});

// Text that Postgres cannot hold becomes text it can, and nothing else changes.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { toStorableJson, toStorableText } from './storable-text.js';

it.each([
  ['plain', 'plain'],
  ['a\0b', 'a\ufffdb'],
  ['\ud83d\ude00', '\ud83d\ude00'],
  ['\ud83d', '\ufffd'],
  ['\ude00\ud83d', '\ufffd\ufffd'],
  ['\ud83d\ud83d\ude00\ude00', '\ufffd\ud83d\ude00\ufffd'],
  ['\\u0000 \\\\ud800 "', '\\u0000 \\\\ud800 "'],
])('%j is stored as %j', (text, stored) => {
  expect(toStorableText(text)).toBe(stored);
  expect(JSON.parse(toStorableJson({ [text]: [text] }))).toEqual({ [stored]: [stored] });
});

it('JSON of any value holds neither NUL nor half a pair, and says the same as the plain text', () => {
  const anyText = fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units));
  fc.assert(
    fc.property(
      fc.oneof(anyText, fc.string({ unit: fc.constantFrom('\\', 'u', '0', '\0', '\ud800', '\udc00', 'd8') })),
      (text) => {
        const stored: unknown = JSON.parse(toStorableJson(text));
        expect(stored).toBe(toStorableText(text));
        expect(JSON.stringify(stored)).not.toMatch(/(?<!\\)(\\\\)*\\u(0000|d[89a-f])/);
      },
    ),
  );
});

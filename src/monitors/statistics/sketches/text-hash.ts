// A 64-bit hash of a text, as two words.

/** Two unsigned 32-bit words that are independent for practical ends (cyrb53 by bryc, without its cut to 53 bits). */
export function textHash(text: string): readonly [number, number] {
  let a = 0xdeadbeef;
  let b = 0x41c6ce57;
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    a = Math.imul(a ^ unit, 2_654_435_761);
    b = Math.imul(b ^ unit, 1_597_334_677);
  }
  const mixedA = spread(a) ^ finish(b);
  const mixedB = spread(b) ^ finish(mixedA);
  return [finish(mixedA) >>> 0, finish(mixedB) >>> 0];
}

function spread(word: number): number {
  return Math.imul(word ^ (word >>> 16), 2_246_822_507);
}

/** The last step of MurmurHash3. */
function finish(word: number): number {
  let mixed = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

// Puts bytes one after the other: the lowest layer of the packed form, little-endian throughout.

const DASH = 45;
const HEX = hexDigits();
const LONE_SURROGATE = /\p{Surrogate}/u;
const ROOM = 1024;

/** Grows as needed; `finish` hands out what was written. Takes numbers at their word: the caller checks that they fit. */
export class ByteWriter {
  #bytes = Buffer.allocUnsafe(ROOM);
  #view = viewOf(this.#bytes);
  #at = 0;

  byte(value: number): void {
    const at = this.#take(1);
    this.#bytes[at] = value;
  }

  /** A whole number from 0 to 2^53, short when it is small. */
  count(value: number): void {
    let at = this.#take(8);
    let rest = value;
    for (; rest >= 128; rest = Math.floor(rest / 128)) this.#bytes[at++] = (rest % 128) + 128;
    this.#bytes[at] = rest;
    this.#at = at + 1;
  }

  double(value: number): void {
    const at = this.#take(8);
    this.#view.setFloat64(at, value, true);
  }

  /** Any string, also one with half a surrogate pair, which UTF-8 cannot hold. */
  text(value: string): void {
    const size = Buffer.byteLength(value);
    const isAscii = size === value.length;
    if (isAscii || !LONE_SURROGATE.test(value)) {
      this.count(size * 2);
      const at = this.#take(size);
      this.#bytes.write(value, at, isAscii ? 'latin1' : 'utf8');
    } else {
      this.count(value.length * 4 + 1);
      const at = this.#take(value.length * 2);
      this.#bytes.write(value, at, 'utf16le');
    }
  }

  /** Sixteen bytes if `value` is a UUID in lower case; else nothing, and false. */
  uuid(value: string): boolean {
    if (value.length !== 36) return false;
    const at = this.#take(16);
    const bytes = this.#bytes;
    for (let i = 0, from = 0; i < 16; i += 1, from += 2) {
      const isGroup = i === 4 || i === 6 || i === 8 || i === 10;
      if (isGroup && value.charCodeAt(from++) !== DASH) return this.#giveBack(at);
      const high = HEX[value.charCodeAt(from)] ?? -1;
      const low = HEX[value.charCodeAt(from + 1)] ?? -1;
      if (high < 0 || low < 0) return this.#giveBack(at);
      bytes[at + i] = high * 16 + low;
    }
    return true;
  }

  /** Each plus `shift`, as whole numbers of 1, 2 or 4 bytes; 0 for NaN. */
  wholes(values: Float64Array, shift: number, width: 1 | 2 | 4): void {
    let at = this.#take(values.length * width);
    const bytes = this.#bytes;
    const view = this.#view;
    for (const value of values) {
      const code = Number.isNaN(value) ? 0 : value + shift;
      if (width === 1) bytes[at] = code;
      else if (width === 2) view.setUint16(at, code, true);
      else view.setUint32(at, code, true);
      at += width;
    }
  }

  /** Numbers of 4 or 8 bytes each; NaN for null. */
  floats(values: readonly (number | null)[], width: 4 | 8): void {
    let at = this.#take(values.length * width);
    const view = this.#view;
    for (const value of values) {
      if (width === 4) view.setFloat32(at, value ?? NaN, true);
      else view.setFloat64(at, value ?? NaN, true);
      at += width;
    }
  }

  /** Where writing stands; `rewind` forgets what was written since. */
  mark(): number {
    return this.#at;
  }

  rewind(mark: number): void {
    this.#at = mark;
  }

  finish(): Buffer {
    // Of its own size: what is kept for a while should not hold on to the room that was left.
    const finished = Buffer.allocUnsafe(this.#at);
    this.#bytes.copy(finished, 0, 0, this.#at);
    return finished;
  }

  #giveBack(at: number): false {
    this.#at = at;
    return false;
  }

  #take(size: number): number {
    const at = this.#at;
    this.#at = at + size;
    if (this.#at > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#at));
      this.#bytes.copy(larger, 0, 0, at);
      this.#bytes = larger;
      this.#view = viewOf(larger);
    }
    return at;
  }
}

function viewOf({ buffer, byteOffset, byteLength }: Buffer): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

function hexDigits(): Int8Array {
  const digits = new Int8Array(128).fill(-1);
  for (let value = 0; value < 16; value += 1) digits[value.toString(16).charCodeAt(0)] = value;
  return digits;
}

// Takes bytes apart in the order a writer put them, and finds out when they are not what was written.

const PAIRS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
/** So many values are made of one message at most, whatever its bytes claim. */
const MAX_VALUES = 1 << 24;

/** Bytes that are not what a writer wrote; the message says what is wrong without quoting them. */
export class Unreadable extends Error {}

/** Every method throws Unreadable. */
export class ByteReader {
  readonly #bytes: Buffer;
  readonly #view: DataView;
  #at = 0;
  #values = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  byte(): number {
    const at = this.#take(1);
    return this.#bytes[at] ?? 0;
  }

  count(): number {
    let value = 0;
    for (let scale = 1; scale < 2 ** 53; scale *= 128) {
      const byte = this.byte();
      value += (byte % 128) * scale;
      if (byte < 128) return whole(value);
    }
    throw new Unreadable('a count is too long');
  }

  double(): number {
    const at = this.#take(8);
    return this.#view.getFloat64(at, true);
  }

  text(): string {
    const head = this.count();
    const size = Math.floor(head / 2);
    const at = this.#take(size);
    return this.#bytes.toString(head % 2 === 0 ? 'utf8' : 'utf16le', at, at + size);
  }

  uuid(): string {
    const at = this.#take(16);
    const first = this.#pair(at) + this.#pair(at + 1) + this.#pair(at + 2) + this.#pair(at + 3);
    const second = this.#pair(at + 4) + this.#pair(at + 5);
    const third = this.#pair(at + 6) + this.#pair(at + 7);
    const fourth = this.#pair(at + 8) + this.#pair(at + 9);
    const fifth = this.#pair(at + 10) + this.#pair(at + 11) + this.#pair(at + 12);
    const sixth = this.#pair(at + 13) + this.#pair(at + 14) + this.#pair(at + 15);
    return first + '-' + second + '-' + third + '-' + fourth + '-' + fifth + sixth;
  }

  wholes(rows: number, width: 1 | 2 | 4): number[] {
    const start = this.#take(rows * width);
    const values = this.claim<number>(rows);
    for (let i = 0; i < rows; i += 1) {
      if (width === 1) values.push(this.#bytes[start + i] ?? 0);
      else if (width === 2) values.push(this.#view.getUint16(start + i * 2, true));
      else values.push(this.#view.getUint32(start + i * 4, true));
    }
    return values;
  }

  floats(rows: number, width: 4 | 8): (number | null)[] {
    const start = this.#take(rows * width);
    const values = this.claim<number | null>(rows);
    for (let i = 0; i < rows; i += 1) {
      const value =
        width === 4 ? this.#view.getFloat32(start + i * 4, true) : this.#view.getFloat64(start + i * 8, true);
      if (value === Infinity || value === -Infinity) throw new Unreadable('a number is not finite');
      values.push(Number.isNaN(value) ? null : value);
    }
    return values;
  }

  /** An empty array for so many values: what is not written value by value must not fill the memory either. */
  claim<T>(rows: number): T[] {
    this.#values += rows;
    if (this.#values > MAX_VALUES) throw new Unreadable('it claims more values than a batch has');
    return [];
  }

  #pair(at: number): string {
    return PAIRS[this.#bytes[at] ?? 0] ?? '';
  }

  #take(size: number): number {
    const at = this.#at;
    if (at + size > this.#bytes.length) throw new Unreadable('it ends too early');
    this.#at = at + size;
    return at;
  }
}

function whole(value: number): number {
  if (!Number.isSafeInteger(value)) throw new Unreadable('a count is too large');
  return value;
}

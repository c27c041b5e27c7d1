// A file looked at here and there through one window of bounded size, so that a walk over many small parts costs few reads.
import type { FileHandle } from 'node:fs/promises';
import { rejected } from './rejected.js';

export interface FileWindow {
  readonly sizeBytes: number;
  /** Exactly these bytes, valid until the next call; throws IMAGE_REJECTED where the file ends before them. */
  bytes(offset: number, length: number): Promise<Buffer>;
}

/** How many bytes one look may take, and how many a read brings at least. */
export const WINDOW_BYTES = 256 * 1024;

export function openWindow(handle: FileHandle, sizeBytes: number): FileWindow {
  const window = Buffer.allocUnsafe(WINDOW_BYTES);
  let from = 0;
  let held = 0;
  return {
    sizeBytes,
    async bytes(offset, length) {
      if (length > WINDOW_BYTES) throw new Error(`a look at ${length} bytes is more than the window holds`);
      if (!(offset >= 0) || offset + length > sizeBytes) throw cutOff();
      if (offset < from || offset + length > from + held) {
        const { bytesRead } = await handle.read(window, 0, WINDOW_BYTES, offset);
        [from, held] = [offset, bytesRead];
        if (bytesRead < length) throw cutOff();
      }
      return window.subarray(offset - from, offset - from + length);
    },
  };
}

/** The refusal of a file that ends too early. */
export function cutOff() {
  return rejected('The picture is cut off: the file ends before the picture does.');
}

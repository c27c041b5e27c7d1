// The program's log on disk, bounded: a full file becomes <name>.1, in place of the one before, and a new one begins.
import { closeSync, existsSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs';

const MAX_BYTES = 10 * 1024 * 1024;

/** Appends to `path`; it and <path>.1 take `maxBytes` and one line each at most. Throws when it cannot be opened. */
export function openLogFile(path, maxBytes = MAX_BYTES) {
  let file = openSync(path, 'a');
  let sizeBytes = fstatSync(file).size;

  const beginAnew = () => {
    closeSync(file);
    if (existsSync(path)) renameSync(path, `${path}.1`);
    file = openSync(path, 'a');
    sizeBytes = 0;
  };
  return {
    write(line) {
      try {
        if (sizeBytes >= maxBytes) beginAnew();
        sizeBytes += writeSync(file, `${line}\n`);
      } catch {
        // A full disk is told by the program itself; a line less in this file must not end what still runs.
      }
    },
    close: () => closeSync(file),
  };
}

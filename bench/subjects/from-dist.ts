// Loads parts of a built checkout, so that what is measured runs the code that is shipped.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const HERE = join(import.meta.dirname, '..', '..');

/** The compiled module of `src/<path>`; `path` without its ending. */
export function fromDist(path: string, checkout: string = HERE): Promise<unknown> {
  return import(pathToFileURL(join(checkout, 'dist', `${path}.js`)).href);
}

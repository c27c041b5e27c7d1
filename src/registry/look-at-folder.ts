// Tells whether files of a model folder changed, without reading them: by size and times, as mounted volumes tell nothing else.
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { VERSION_FILES } from './read-version-folder.js';

/** The mark of what is not there. */
export const ABSENT = '-';

/** A mark for `model.json` and for each version folder; whatever happens to a file makes another mark. */
export interface FolderMarks {
  readonly manifest: string;
  readonly versions: ReadonlyMap<number, string>;
}

const VERSION_FOLDER = /^[1-9]\d{0,8}$/;

/** Rejects when the folder cannot be looked at; one that is not there has nothing in it. */
export async function lookAtFolder(folder: string): Promise<FolderMarks> {
  const manifest = await markOf(join(folder, 'model.json'));
  const versions = new Map<number, string>();
  for (const number of await versionNumbers(folder)) {
    const marks: string[] = [];
    for (const file of VERSION_FILES) marks.push(await markOf(join(folder, String(number), file)));
    versions.set(number, marks.join(' '));
  }
  return { manifest, versions };
}

/** The version folders there are, ascending. */
export async function versionNumbers(folder: string): Promise<number[]> {
  const entries = await orWhenAbsent(readdir(folder, { withFileTypes: true }), []);
  return entries
    .filter((entry) => entry.isDirectory() && VERSION_FOLDER.test(entry.name))
    .map((entry) => Number(entry.name))
    .sort((a, b) => a - b);
}

async function markOf(path: string): Promise<string> {
  const found = await orWhenAbsent(stat(path), undefined);
  // The inode would tell more, but some mounted volumes make up a new one for every look.
  return found === undefined ? ABSENT : `${found.size}:${found.mtimeMs}:${found.ctimeMs}`;
}

async function orWhenAbsent<T, U>(look: Promise<T>, absent: U): Promise<T | U> {
  try {
    return await look;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return absent;
    throw error;
  }
}

// Deletes what nobody can ask for any more, whichever process left it.
import { readdir, rm, stat } from 'node:fs/promises';
import type { UploadFiles } from './upload-files.js';

/** Whoever found a picture just before it expired may still be reading it, or renew it this moment. */
const SPARED_MS = 60_000;
/** A transfer that has written nothing for this long has ended. */
const LEFT_BEHIND_MS = 600_000;

/** Answers how many uploads and left files are gone; safe while others receive, complete and sweep. */
export async function sweepUploads(files: UploadFiles, now: number): Promise<number> {
  let removed = 0;
  for (const kind of ['open', 'complete'] as const) {
    for (const id of await files.list(kind)) {
      const complete = kind === 'complete' ? await files.readComplete(id) : undefined;
      const record = complete ?? (kind === 'open' ? await files.readOpen(id) : undefined);
      if (record !== undefined && record.expiresAt > now - SPARED_MS) continue;
      // What cannot be read goes too.
      await files.removeRecord(kind, id);
      if (complete !== undefined) await rm(files.pathOf(complete.file), { force: true });
      removed += 1;
    }
  }
  for (const file of await readdir(files.bytesDir)) {
    if (!(await isLeftBehind(files, file, now))) continue;
    await rm(files.pathOf(file), { force: true });
    removed += 1;
  }
  return removed;
}

async function isLeftBehind(files: UploadFiles, file: string, now: number): Promise<boolean> {
  const facts = await stat(files.pathOf(file)).catch(() => undefined);
  if (facts === undefined || facts.mtimeMs > now - LEFT_BEHIND_MS) return false;
  const [id = ''] = file.split('.');
  return (await files.readComplete(id))?.file !== file;
}

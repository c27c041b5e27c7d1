// A folder of this process for files that live as long as a piece of work, beside those of other processes.
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

// No picture is worked on for so long: whoever left it is gone.
const LEFT_BEHIND_MS = 86_400_000;

/** Makes it, and removes what processes that were killed have left. The files in it are `remove`d with it. */
export async function openScratchFolder(
  scratchDir: string,
  name: string,
  now: number,
): Promise<{ readonly path: string; remove(): Promise<void> }> {
  const path = join(scratchDir, name);
  await mkdir(path, { recursive: true });
  for (const other of await readdir(scratchDir)) {
    const changedAt = await stat(join(scratchDir, other)).then(
      ({ mtimeMs }) => mtimeMs,
      () => now,
    );
    if (now - changedAt > LEFT_BEHIND_MS) await rm(join(scratchDir, other), { recursive: true, force: true });
  }
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

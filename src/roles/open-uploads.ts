// The folder of pictures as a part of a process: opened, and kept free of what has expired.
import type { KeptPictures } from '../uploads/kept-pictures.js';
import { createUploadStore, type UploadStore } from '../uploads/upload-store.js';
import type { House } from './house.js';

const SWEEP_EVERY_MS = 60_000;

/** The folder as this process sees it. Throws when UPLOADS_DIR cannot be used. */
export function openUploads({ config, log, createId, now }: House): UploadStore {
  return open(config.uploads.dir, () => createUploadStore({ ...config.uploads, createId, now, log }));
}

/** Every process may sweep: what one has deleted the others do not miss. */
export function sweepPictures(
  { config, log, now, onStop }: House,
  uploads: Pick<UploadStore, 'sweep'>,
  kept: Pick<KeptPictures, 'sweep'>,
): void {
  let sweeping = Promise.resolve();
  const sweep = async () => {
    await Promise.all([uploads.sweep(), kept.sweep(config.database.retentionDays, now())]).catch(
      (err: unknown) => log.warn({ err }, 'pictures that have expired could not be deleted'),
    );
  };
  const timer = setInterval(() => {
    sweeping = sweeping.then(sweep);
  }, SWEEP_EVERY_MS);
  onStop('sweeping of uploads', async () => {
    clearInterval(timer);
    await sweeping;
  });
}

function open(dir: string, create: () => UploadStore): UploadStore {
  try {
    return create();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`UPLOADS_DIR ${dir} cannot be used: ${reason}`, { cause });
  }
}

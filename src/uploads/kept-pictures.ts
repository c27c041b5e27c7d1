// The pictures that are kept beside predictions: annotated ones, and originals where a model says so. One folder a day.
import { createReadStream } from 'node:fs';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';

export type KeptKind = 'annotated' | 'original';

export interface KeptPicture {
  readonly sizeBytes: number;
  open(): Readable;
}

export interface KeptPictures {
  /** Where the picture of a prediction is to be written; its folder is there. */
  pathFor(predictionId: string, kind: KeptKind): Promise<string>;
  /** Undefined when there is none, or none any more. */
  find(predictionId: string, kind: KeptKind): Promise<KeptPicture | undefined>;
  /** Drops whole days that are older than predictions are kept. */
  sweep(retentionDays: number, now: number): Promise<void>;
}

const DAY_MS = 86_400_000;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** The id of a prediction is a UUID v7, whose time names the day, as in the prediction log. */
export function createKeptPictures(dir: string): KeptPictures {
  const placeOf = (id: string, kind: KeptKind): { readonly folder: string; readonly path: string } => {
    // What names a file comes from clients: nothing but an id may.
    if (!UUID.test(id)) throw new RangeError('not the id of a prediction');
    const at = Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
    const folder = join(dir, new Date(at).toISOString().slice(0, 10));
    return { folder, path: join(folder, kind === 'annotated' ? `${id}.jpg` : `${id}.original`) };
  };
  return {
    async pathFor(predictionId, kind) {
      const { folder, path } = placeOf(predictionId, kind);
      await mkdir(folder, { recursive: true });
      return path;
    },
    async find(predictionId, kind) {
      if (!UUID.test(predictionId)) return undefined;
      const { path } = placeOf(predictionId, kind);
      const found = await stat(path).catch(() => undefined);
      return found?.isFile() === true
        ? { sizeBytes: found.size, open: () => createReadStream(path) }
        : undefined;
    },
    async sweep(retentionDays, now) {
      const days = await readdir(dir).catch(() => []);
      const firstKept = new Date(now - retentionDays * DAY_MS).toISOString().slice(0, 10);
      for (const day of days.filter((name) => DAY.test(name) && name < firstKept))
        await rm(join(dir, day), { recursive: true, force: true });
    },
  };
}

// The folder of uploads, which several processes share: what was opened, what is complete, and bytes.
import { mkdirSync } from 'node:fs';
import { link, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { PICTURE_FORMATS } from './picture-format.js';

const format = z.enum(PICTURE_FORMATS);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

const openSchema = z.object({
  id: z.string(),
  sizeBytes: z.number(),
  format,
  sha256: sha256.optional(),
  /** Epoch ms. */
  expiresAt: z.number(),
});

const completeSchema = z.object({
  id: z.string(),
  /** Name of the file with the bytes. */
  file: z.string().regex(/^[0-9a-f.-]+$/),
  format,
  width: z.number(),
  height: z.number(),
  orientation: z.number(),
  sizeBytes: z.number(),
  sha256,
  expiresAt: z.number(),
});

/** An upload that waits for its bytes. */
export type OpenRecord = Readonly<z.infer<typeof openSchema>>;
/** An upload with its bytes and what is known of them. */
export type CompleteRecord = Readonly<z.infer<typeof completeSchema>>;

export interface UploadFiles {
  readonly bytesDir: string;
  /** Where bytes of this file name lie, or are to lie. */
  pathOf(file: string): string;
  readOpen(id: string): Promise<OpenRecord | undefined>;
  readComplete(id: string): Promise<CompleteRecord | undefined>;
  /** Ids of which there is a record, complete or waiting. */
  list(kind: 'open' | 'complete'): Promise<readonly string[]>;
  writeOpen(record: OpenRecord): Promise<void>;
  /** Whole or not at all; answers false, and leaves what is there, when another was first and `replace` is not set. */
  writeComplete(record: CompleteRecord, options?: { readonly replace: boolean }): Promise<boolean>;
  removeRecord(kind: 'open' | 'complete', id: string): Promise<void>;
  /** Its bytes too. */
  removeComplete(record: CompleteRecord): Promise<void>;
}

/** Makes the folder where there is none; throws when it cannot. `createId` names what is being written. */
export function openUploadFiles(dir: string, createId: () => string): UploadFiles {
  const dirs = { open: join(dir, 'open'), complete: join(dir, 'complete'), bytes: join(dir, 'bytes') };
  for (const folder of Object.values(dirs)) mkdirSync(folder, { recursive: true });
  const recordAt = (kind: 'open' | 'complete', id: string) => join(dirs[kind], `${id}.json`);
  const remove = (path: string) => rm(path, { force: true });
  const pathOf = (file: string) => join(dirs.bytes, file);
  /** Beside the bytes, so that what a crash leaves is swept with theirs. */
  const writeAside = async (record: OpenRecord | CompleteRecord): Promise<string> => {
    const path = pathOf(`${record.id}.${createId()}.json`);
    await writeFile(path, JSON.stringify(record));
    return path;
  };

  return {
    bytesDir: dirs.bytes,
    pathOf,
    readOpen: (id) => readRecord(recordAt('open', id), openSchema),
    readComplete: (id) => readRecord(recordAt('complete', id), completeSchema),
    list: async (kind) => (await readdir(dirs[kind])).map((name) => name.replace(/\.json$/, '')),
    async writeOpen(record) {
      await rename(await writeAside(record), recordAt('open', record.id));
    },
    async writeComplete(record, { replace } = { replace: false }) {
      const aside = await writeAside(record);
      const path = recordAt('complete', record.id);
      if (replace) await rename(aside, path);
      // A link, unlike a rename, is refused where there is one already: of two clients the first has the upload.
      else if (!(await linked(aside, path))) return false;
      await remove(recordAt('open', record.id));
      return true;
    },
    removeRecord: (kind, id) => remove(recordAt(kind, id)),
    async removeComplete({ id, file }) {
      await remove(recordAt('complete', id));
      await remove(pathOf(file));
    },
  };
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(from, { force: true });
  }
}

async function readRecord<T extends z.ZodType>(path: string, schema: T): Promise<z.infer<T> | undefined> {
  try {
    return schema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    // A power cut may leave half of one, which is none.
    if (codeOf(error) === 'ENOENT' || error instanceof SyntaxError || error instanceof z.ZodError)
      return undefined;
    throw error;
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

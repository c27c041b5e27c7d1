// Reads files of a models folder; what is wrong with one is reported with its path instead of thrown.
import { createHash } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import { z, type ZodType } from 'zod';

/** Notes a problem of a file; reading goes on, so that all of them are told at once. */
export type Report = (path: string, problem: string) => void;

// Hashing so much takes about a millisecond, for which everything else in the process waits.
const CHUNK_BYTES = 1024 * 1024;

/** The file as JSON of the schema; undefined when it is not, or when an optional file is missing. */
export async function readJson<T>(
  path: string,
  schema: ZodType<T>,
  report: Report,
  presence: 'required' | 'optional' = 'required',
): Promise<T | undefined> {
  const text = await attempt(() => readFile(path, 'utf8'), path, report, presence);
  if (text === undefined) return undefined;
  const json = await attempt((): unknown => JSON.parse(text), path, report);
  if (json === undefined) return undefined;
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues)
    report(path, `${issue.path.length === 0 ? '' : `${z.core.toDotPath(issue.path)}: `}${issue.message}`);
  return undefined;
}

/** A whole file and its SHA-256 in hex, however large, without holding up the event loop for long. */
export async function readHashed(
  path: string,
  report: Report,
): Promise<{ readonly bytes: Buffer; readonly sha256: string } | undefined> {
  const file = await attempt(() => open(path), path, report);
  if (file === undefined) return undefined;
  const read = async () => {
    const bytes = Buffer.allocUnsafeSlow((await file.stat()).size);
    const hash = createHash('sha256');
    let length = 0;
    for (;;) {
      const { bytesRead } = await file.read(bytes, length, Math.min(CHUNK_BYTES, bytes.length - length));
      if (bytesRead === 0) return { bytes: bytes.subarray(0, length), sha256: hash.digest('hex') };
      hash.update(bytes.subarray(length, length + bytesRead));
      length += bytesRead;
    }
  };
  return await attempt(read, path, report).finally(() => file.close());
}

/** What `read` answers; undefined when it threw, which is reported unless an optional file is missing. */
export async function attempt<T>(
  read: () => T | Promise<T>,
  path: string,
  report: Report,
  presence: 'required' | 'optional' = 'required',
): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT') {
      if (presence === 'required') report(path, 'the file is missing');
      return undefined;
    }
    const message = error instanceof Error ? error.message : String(error);
    report(path, code === undefined ? message : `the file cannot be read: ${message}`);
    return undefined;
  }
}

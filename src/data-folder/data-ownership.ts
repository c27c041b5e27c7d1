// One owner per folder: two processes on one embedded database would both succeed, and one would lose everything.
import { link, mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { isProcessAlive, processStart } from './process-identity.js';

/** Kept until `release`; a process that dies without releasing leaves a claim that the next one clears away. */
export interface Ownership {
  release(): Promise<void>;
}

/**
 * Claims `dir` (created when missing) for this process alone. Throws when another live process, or this one, holds it;
 * the message names it and ends with `advice`. Any number of processes may try together: at most one succeeds.
 */
export async function takeOwnership(dir: string, advice: string): Promise<Ownership> {
  await mkdir(dir, { recursive: true });
  const claim: Claim = {
    pid: process.pid,
    start: await processStart(process.pid),
    host: hostname(),
    held: false,
  };
  // The start is in the name too, so that clearing away a dead claim never hits that of a later process.
  const identity = encodeURIComponent(`${claim.host}-${claim.pid}-${claim.start ?? ''}`);
  const file = join(dir, `owner-${identity}.lock`);
  if (!(await writeClaim(file, claim))) throw inUse(dir, claim, advice);
  try {
    await outlastRivals(dir, file, claim, advice);
    await replaceClaim(file, { ...claim, held: true });
  } catch (error) {
    await rm(file, { force: true });
    throw error;
  }
  const beat = setInterval(() => void touch(file), HEARTBEAT_MS);
  beat.unref();
  return {
    release: async () => {
      clearInterval(beat);
      await rm(file, { force: true });
    },
  };
}

/** A claim is made first and `held` only once no rival is left, so that of two who claim together each sees the other. */
const claimSchema = z.object({
  pid: z.int(),
  start: z.string().nullable(),
  host: z.string(),
  held: z.boolean(),
});

type Claim = z.infer<typeof claimSchema>;

const HEARTBEAT_MS = 2_000;

/** On another host (a container beside this one) a process cannot be looked up: its heartbeat tells. */
const FOREIGN_SILENCE_MS = 15_000;

/** Of two that still decide, the higher file name gives way and the lower waits for that. */
async function outlastRivals(dir: string, file: string, claim: Claim, advice: string): Promise<void> {
  for (;;) {
    const rivals = await liveRivals(dir, file, claim.host);
    const strongest = rivals.find((rival) => rival.claim.held || rival.file < file);
    if (strongest !== undefined) throw inUse(dir, strongest.claim, advice);
    if (rivals.length === 0) return;
    await new Promise((resume) => setTimeout(resume, 10));
  }
}

async function liveRivals(dir: string, own: string, host: string) {
  const rivals: { file: string; claim: Claim }[] = [];
  for (const name of await readdir(dir)) {
    const file = join(dir, name);
    if (file === own || !/^owner-.*\.lock$/.test(name)) continue;
    const claim = await readClaim(file);
    if (claim === undefined) continue;
    if (await isLive(file, claim, host)) rivals.push({ file, claim });
    else await rm(file, { force: true });
  }
  return rivals;
}

async function isLive(file: string, claim: Claim, host: string): Promise<boolean> {
  if (claim.host === host) return isProcessAlive(claim.pid, claim.start);
  try {
    return Date.now() - (await stat(file)).mtimeMs < FOREIGN_SILENCE_MS;
  } catch {
    return false;
  }
}

/** Makes the file with its content in one step; false when this very process has a claim already. */
async function writeClaim(file: string, claim: Claim): Promise<boolean> {
  const draft = `${file}.${String(process.hrtime.bigint())}`;
  await writeFile(draft, JSON.stringify(claim));
  try {
    await link(draft, file);
    return true;
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

async function replaceClaim(file: string, claim: Claim): Promise<void> {
  await writeFile(`${file}.held`, JSON.stringify(claim));
  await rename(`${file}.held`, file);
}

async function readClaim(file: string): Promise<Claim | undefined> {
  try {
    return claimSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined;
    throw new Error(`The lock file ${file} cannot be read; remove it if nothing uses the folder.`, {
      cause: error,
    });
  }
}

async function touch(file: string): Promise<void> {
  const now = new Date();
  // The folder may be gone, in a test or by an operator's hand; that is not this timer's to report.
  await utimes(file, now, now).catch(() => undefined);
}

function inUse(dir: string, { pid, host }: Claim, advice: string): Error {
  const elsewhere = host === hostname() ? '' : ` on ${host}`;
  return new Error(`The folder ${dir} is in use by process ${pid}${elsewhere}. ${advice}`);
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

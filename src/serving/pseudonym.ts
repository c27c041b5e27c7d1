// Subjects are stored under a keyed pseudonym: the same subject is recognised, nobody can read who it is.
import { createHmac, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** HMAC-SHA-256 under the secret, the first 128 bits in hex. */
export function createPseudonymiser(secret: string): (subject: string) => string {
  return (subject) => createHmac('sha256', secret).update(subject).digest('hex').slice(0, 32);
}

/** Reads the secret kept in `dataDir`, making it on first use. Several processes on several machines need a common one. */
export function readOrMakeSecret(dataDir: string): string {
  const path = join(dataDir, 'subject-secret');
  mkdirSync(dataDir, { recursive: true });
  try {
    writeFileSync(path, randomBytes(32).toString('hex'), { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  return readFileSync(path, 'utf8');
}

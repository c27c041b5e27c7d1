// On what and with what a run was made: figures without it say nothing.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, release, totalmem } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { z } from 'zod';
import { findRedisServer } from '../../src/redis/find-redis-server.js';
import type { BenchOptions } from '../options.js';
import type { Subject } from '../subjects/subject.js';

const PACKAGES = [
  '@apollo/server',
  'fastify',
  'graphql',
  'type-graphql',
  'onnxruntime-node',
  'bullmq',
  'redis',
  'pg',
  '@electric-sql/pglite',
];

export type Conditions = Readonly<Record<string, string>>;

export async function readConditions(
  options: BenchOptions,
  subjects: readonly Subject[],
): Promise<Conditions> {
  const postgres = subjects.find(({ postgresUrl }) => postgresUrl !== undefined)?.postgresUrl;
  const { rounds, seconds, warmUpSeconds } = options;
  return {
    machine: `${availableParallelism()} cores of ${cpus()[0]?.model.trim() ?? '?'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release()}`,
    load: describeLoad(),
    node: process.version,
    packages: PACKAGES.map((name) => `${name} ${versionOf(name)}`).join(', '),
    redis: (await findRedisServer())?.version ?? 'none',
    postgres: postgres === undefined ? 'embedded only' : await askPostgres(postgres),
    checkouts: options.checkouts.map(({ name, path }) => `${name} ${commitOf(path)}`).join(', '),
    rounds: `medians of ${rounds} rounds of ${seconds} s after ${warmUpSeconds} s, interleaved; load from the same machine`,
  };
}

function describeLoad(): string {
  const [lately = 0, ...earlier] = loadavg();
  const busy = lately > availableParallelism() ? ': this machine is busy with something else' : '';
  return `${[lately, ...earlier].map((load) => load.toFixed(2)).join(' ')} over 1, 5 and 15 minutes${busy}`;
}

const packageSchema = z.object({ version: z.string() });

function versionOf(name: string): string {
  const path = join(import.meta.dirname, '..', '..', 'node_modules', name, 'package.json');
  return packageSchema.parse(JSON.parse(readFileSync(path, 'utf8'))).version;
}

async function askPostgres(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ server_version: string }>('SHOW server_version');
    return rows[0]?.server_version ?? '?';
  } finally {
    await client.end();
  }
}

/** The commit a checkout stands at, with a `+` where it was changed since. */
function commitOf(path: string): string {
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', path, ...args], { encoding: 'utf8', stdio: 'pipe' }).trim();
  try {
    return git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain', '-uno') === '' ? '' : '+');
  } catch {
    return '?';
  }
}

// What the load generator reaches against a server that does nothing: below that, the servers are what is measured.
import { join } from 'node:path';
import { OK } from '../load/plan.js';
import { startProgram } from '../machine/start-program.js';
import type { BenchRun } from './bench-run.js';

/** Of 64 connections. */
export interface GeneratorLimit {
  readonly perSecond: number;
  /** Of one core. */
  readonly cpuShare: number;
  readonly p50: number;
}

export async function measureGenerator({ load, place, options }: BenchRun): Promise<GeneratorLimit> {
  const server = await startProgram(place.cleanup, {
    name: 'trivial-server',
    args: ['--import', 'tsx', join(import.meta.dirname, '..', 'load', 'trivial-server.ts')],
    env: {},
    outputDir: place.dir,
  });
  const { perSecond, cpuShare, outcomes } = await load.run({
    url: server.url,
    bodies: [JSON.stringify({ about: 'as long as a small prediction request is', padding: 'x'.repeat(250) })],
    rowsPerRequest: 1,
    pattern: { kind: 'closed', connections: 64 },
    warmUpSeconds: 1,
    seconds: options.seconds,
    patienceMs: 1000,
  });
  await server.stop();
  return { perSecond, cpuShare, p50: outcomes[OK]?.p50 ?? NaN };
}

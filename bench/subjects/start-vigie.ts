// Starts Vigie as `npm start` does: every role in one process, with its own Redis and database.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { startProgram } from '../machine/start-program.js';
import type { RunPlace } from './run-place.js';
import { startArguments } from './start-arguments.js';
import type { Subject } from './subject.js';

/** A built copy of the project. */
export interface Checkout {
  readonly name: string;
  readonly path: string;
  /** Execution providers of its workers, as in EXECUTION_PROVIDERS; the CPU when unset. */
  readonly providers?: string;
}

const serverSchema = z.object({ port: z.int(), password: z.string() });

export async function startVigie(
  { name, path, providers = 'cpu' }: Checkout,
  place: RunPlace,
): Promise<Subject> {
  const dataDir = join(place.dir, `${name}-data`);
  const program = await startProgram(place.cleanup, {
    name,
    args: await startArguments(path),
    cwd: path,
    env: { MODELS_DIR: place.modelsDir, DATA_DIR: dataDir, EXECUTION_PROVIDERS: providers },
    outputDir: place.dir,
  });
  const { port, password } = serverSchema.parse(
    JSON.parse(await readFile(join(dataDir, 'redis', 'server.json'), 'utf8')),
  );
  return {
    name,
    kind: 'vigie',
    url: program.url,
    roots: [{ label: 'vigie', pid: program.pid }],
    redisUrl: `redis://:${password}@127.0.0.1:${port}`,
    stop: program.stop,
  };
}

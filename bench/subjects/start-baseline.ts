// Starts the two baselines: one process each, nothing beside it.
import { join } from 'node:path';
import { startProgram } from '../machine/start-program.js';
import type { RunPlace } from './run-place.js';
import type { Subject } from './subject.js';

/** `limit` or `in-process`, serving the models of the run. */
export async function startBaseline(kind: 'limit' | 'in-process', place: RunPlace): Promise<Subject> {
  const program = await startProgram(place.cleanup, {
    name: kind,
    args: ['--import', 'tsx', join(import.meta.dirname, `${kind}-server.ts`)],
    env: { MODELS_DIR: place.modelsDir },
    outputDir: place.dir,
  });
  return {
    name: kind,
    kind,
    url: program.url,
    roots: [{ label: kind, pid: program.pid }],
    stop: program.stop,
  };
}

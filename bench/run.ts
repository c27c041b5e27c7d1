// The benchmark: starts what it compares, measures it in turn, prints what came of it, and leaves nothing behind.
import { writeFileSync } from 'node:fs';
import { startLoadGenerator } from './load/start-load.js';
import { createCleanup } from './machine/cleanup.js';
import { Interrupted, interruption } from './machine/interruption.js';
import { writeModels } from './models/write-models.js';
import { readOptions, USAGE, type BenchOptions } from './options.js';
import { runScenarios } from './scenarios/run-scenarios.js';
import { makeRunPlace } from './subjects/run-place.js';

function optionsOrExit(): BenchOptions {
  if (process.argv.includes('--help')) {
    console.log(USAGE);
    process.exit(0);
  }
  try {
    return readOptions(process.argv.slice(2), process.cwd());
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    process.exit(2);
  }
}

const options = optionsOrExit();
// Before anything is started: a signal must find somebody who listens.
const interrupted = interruption();
const cleanup = createCleanup();

async function run(): Promise<void> {
  const place = makeRunPlace(cleanup);
  const load = startLoadGenerator();
  cleanup.add(() => load.stop());
  const say = (text: string) => void process.stderr.write(`  ${text}\n`);
  const print = (text: string) => void process.stdout.write(`\n${text}\n`);
  const models = await writeModels(place.modelsDir);
  const report = await runScenarios({ options, place, models, load, say, print });
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(report, null, 1)}\n`);
}

let code = 0;
const running = run();
try {
  await Promise.race([running, interrupted]);
} catch (error) {
  code = error instanceof Interrupted ? 130 : 1;
  console.error(error instanceof Interrupted ? `${error.message}; stopping what was started` : error);
} finally {
  // What goes on meanwhile fails as its servers go, and is of no interest any more.
  running.catch(() => undefined);
  await cleanup.run();
}
process.exit(code);

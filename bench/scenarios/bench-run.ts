// What every scenario is given.
import type { LoadGenerator } from '../load/start-load.js';
import type { BenchModels } from '../models/write-models.js';
import type { BenchOptions } from '../options.js';
import type { RunPlace } from '../subjects/run-place.js';

export interface BenchRun {
  readonly options: BenchOptions;
  readonly place: RunPlace;
  readonly models: BenchModels;
  readonly load: LoadGenerator;
  /** Tells the person at the terminal what is going on. */
  readonly say: (text: string) => void;
  /** Adds to the report. */
  readonly print: (text: string) => void;
}

// The budget of the monitors: all that watch a model by default, alone in a process on one core.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { canPin } from '../machine/start-program.js';
import type { MonitorBudget } from '../monitors/monitor-budget.js';
import { timeTests, type TestTime } from '../monitors/time-tests.js';
import type { Checkout } from '../subjects/start-vigie.js';
import type { BenchRun } from './bench-run.js';

const PROGRAM = join(import.meta.dirname, '..', 'monitors', 'budget-program.ts');

export interface MonitorsResult extends MonitorBudget {
  readonly subject: string;
  /** Whether the process was held to one core. */
  readonly pinned: boolean;
  /** Two tests on samples of 100,000. */
  readonly tests: readonly TestTime[];
}

export async function monitors({ options, say }: BenchRun, checkout: Checkout): Promise<MonitorsResult> {
  const predictions = options.monitorPredictions;
  say(`${predictions} predictions through the monitors of ${checkout.name}`);
  const pinned = canPin();
  const node = ['--expose-gc', '--import', 'tsx', PROGRAM, checkout.path, String(predictions)];
  const [program = '', ...args] = [...(pinned ? ['taskset', '-c', '0'] : []), process.execPath, ...node];
  const { stdout } = await promisify(execFile)(program, args);
  const budget = JSON.parse(stdout) as MonitorBudget;
  return { ...budget, subject: checkout.name, pinned, tests: await timeTests() };
}

// The main table: every case that was asked for, over all subjects.
import type { ScenarioName } from '../options.js';
import { formatCase } from '../report/case-report.js';
import { formatCosts } from '../report/cost-report.js';
import type { Subject } from '../subjects/subject.js';
import type { BenchRun } from './bench-run.js';
import type { CaseResult } from './case-figures.js';
import { batchCases, COSTLY, modelCases, openCases, singleCases } from './main-cases.js';
import type { Peaks } from './peaks.js';
import { runCase, type Case } from './run-case.js';
import { warm } from './warm.js';

export async function runMainTable(
  run: BenchRun,
  subjects: readonly Subject[],
  peaks: Peaks,
): Promise<CaseResult[]> {
  const { models, options } = run;
  const results: CaseResult[] = [];
  const runAll = async (name: ScenarioName, cases: () => readonly Case[] | Promise<readonly Case[]>) => {
    for (const one of options.only.includes(name) ? await cases() : []) {
      const result = await runCase(run, subjects, one);
      results.push(result);
      run.print(formatCase(result));
      if (result.id === COSTLY) run.print(formatCosts(result));
    }
  };
  await warm(run, subjects);
  await runAll('single', () => singleCases(models));
  await runAll('batch', () => batchCases(models));
  await runAll('models', () => modelCases(models));
  await runAll('open', () => openCases(models, subjects, peaks));
  return results;
}

// Runs what was asked for, in the order of the report, and prints each result as it comes.
import type { ScenarioName } from '../options.js';
import { readConditions } from '../report/conditions.js';
import { formatConditions } from '../report/conditions-report.js';
import { formatMonitors } from '../report/monitors-report.js';
import { formatOverload } from '../report/overload-report.js';
import { formatPictures } from '../report/pictures-report.js';
import { formatReplay } from '../report/replay-report.js';
import type { Report } from '../report/report.js';
import { formatSaturated } from '../report/saturated-report.js';
import { formatSoak } from '../report/soak-report.js';
import { formatVerdicts, judgeTargets } from '../report/targets.js';
import { startSubjects } from '../subjects/start-subjects.js';
import type { BenchRun } from './bench-run.js';
import { measureGenerator } from './generator-limit.js';
import { runMainTable } from './main-table.js';
import { monitors } from './monitors.js';
import { overload } from './overload.js';
import { createPeaks } from './peaks.js';
import { pictures } from './pictures.js';
import { replay } from './replay.js';
import { saturated } from './saturated.js';
import { soak } from './soak.js';

export async function runScenarios(run: BenchRun): Promise<Report> {
  const { options, models } = run;
  // These start what they need themselves.
  const onItsOwn: readonly ScenarioName[] = ['replay', 'monitors', 'pictures'];
  const isServed = options.only.some((name) => !onItsOwn.includes(name));
  const subjects = isServed ? await startSubjects(run) : [];
  const vigies = subjects.filter(({ kind }) => kind.startsWith('vigie'));
  const loaded = vigies.flatMap((subject) => [models.iris, models.cnn].map((model) => ({ subject, model })));
  const peaks = createPeaks(run);
  const conditions = await readConditions(options, subjects);
  const generator = await measureGenerator(run);
  run.print(formatConditions(conditions, generator));

  /** One after the other, if it was asked for. */
  const each = async <T, R>(
    name: ScenarioName,
    items: readonly T[],
    work: (item: T) => Promise<readonly R[]>,
    format: (results: readonly R[]) => string,
  ): Promise<R[]> => {
    const results: R[] = [];
    for (const item of options.only.includes(name) ? items : []) results.push(...(await work(item)));
    if (results.length > 0) run.print(format(results));
    return results;
  };
  const findings = {
    conditions,
    generator,
    cases: await runMainTable(run, subjects, peaks),
    saturated: await each('saturated', vigies, (subject) => saturated(run, subject), formatSaturated),
    overload: await each(
      'overload',
      loaded,
      async ({ subject, model }) => [await overload(run, peaks, subject, model)],
      formatOverload,
    ),
    soak: await each(
      'soak',
      vigies,
      async (subject) => [await soak(run, peaks, subject)],
      (results) => results.map(formatSoak).join('\n\n'),
    ),
    replay: await each('replay', options.checkouts, (checkout) => replay(run, checkout), formatReplay),
    monitors: await each(
      'monitors',
      options.checkouts,
      async (checkout) => [await monitors(run, checkout)],
      formatMonitors,
    ),
    pictures: await each(
      'pictures',
      options.checkouts,
      async (checkout) => [await pictures(run, checkout)],
      formatPictures,
    ),
  };
  const verdicts = judgeTargets(findings);
  if (verdicts.length > 0) run.print(formatVerdicts(verdicts));
  return { ...findings, verdicts };
}

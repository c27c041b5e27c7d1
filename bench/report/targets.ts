// What Vigie is to reach, and whether this run shows it.
import { caseTargets } from './case-targets.js';
import { monitorTargets } from './monitors-report.js';
import { pictureTargets } from './pictures-report.js';
import type { Findings, Verdict } from './report.js';
import { longRunTargets, overloadTargets, saturatedTargets } from './load-targets.js';
import { figure, formatTable } from './table.js';

/** One verdict for each target and Vigie that this run has measured; what is not a number has not reached its target. */
export function judgeTargets(findings: Findings): Verdict[] {
  const targets = [
    caseTargets,
    saturatedTargets,
    overloadTargets,
    longRunTargets,
    monitorTargets,
    pictureTargets,
  ].flatMap((list) => list(findings));
  return targets.map(({ target, subject, value, unit, least = -Infinity, most = Infinity }) => ({
    target,
    subject,
    value: `${figure(value)}${unit}`,
    reached: value >= least && value <= most,
  }));
}

export function formatVerdicts(verdicts: readonly Verdict[]): string {
  return formatTable(
    ['targets', 'subject', 'measured', ''],
    verdicts.map(({ target, subject, value, reached }) => [
      target,
      subject,
      value,
      reached ? 'reached' : 'NOT REACHED',
    ]),
  );
}

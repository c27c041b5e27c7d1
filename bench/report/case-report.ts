// Prints one case: what each subject reached, and what that is of the two baselines.
import type { CaseResult, Figures } from '../scenarios/case-figures.js';
import { figure, formatTable } from './table.js';

export function formatCase(result: CaseResult): string {
  return result.scenario === 'open' ? formatOpen(result) : formatClosed(result);
}

function formatClosed({ title, subjects, scenario }: CaseResult): string {
  const rate = (figures: Figures | undefined) =>
    (scenario === 'batch' ? figures?.rowsPerSecond : figures?.perSecond) ?? NaN;
  const of = (figures: Figures, kind: string) =>
    figure(rate(figures) / rate(subjects.find((subject) => subject.kind === kind)?.figures));
  const unit = scenario === 'batch' ? 'rows/s' : 'requests/s';
  return formatTable(
    [title, 'p50 ms', 'p99 ms', unit, '/in-process', '/limit', 'failed'],
    subjects.map(({ name, figures }) => [
      name,
      figure(figures.p50),
      figure(figures.p99),
      figure(rate(figures)),
      of(figures, 'in-process'),
      of(figures, 'limit'),
      formatFailed(figures),
    ]),
  );
}

// Everyone is offered another rate, so the rates say nothing about each other.
function formatOpen({ title, subjects }: CaseResult): string {
  return formatTable(
    [title, 'p50 ms', 'p99 ms', 'offered/s', 'answered/s', 'late by ms', 'failed'],
    subjects.map(({ name, offered, figures }) => [
      name,
      figure(figures.p50),
      figure(figures.p99),
      figure(offered),
      figure(figures.perSecond),
      figure(figures.sendLagP99),
      formatFailed(figures),
    ]),
  );
}

/** What did not end well, by code; unsent ones are the load generator's, who ran out of connections. */
export function formatFailed({ failed, unsent }: Pick<Figures, 'failed' | 'unsent'>): string {
  const codes = Object.entries(failed).map(([code, count]) => `${count} ${code}`);
  return [...codes, ...(unsent > 0 ? [`${unsent} unsent`] : [])].join(', ') || '0';
}

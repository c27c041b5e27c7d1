// The targets of the main table.
import type { Figures } from '../scenarios/case-figures.js';
import { COSTLY } from '../scenarios/main-cases.js';
import type { Findings, Target } from './report.js';

interface CaseTarget extends Omit<Target, 'subject' | 'value'> {
  /** Of the case. */
  readonly id: string;
  readonly read: (vigie: Figures, inProcess: Figures | undefined) => number;
}

const CASE_TARGETS: readonly CaseTarget[] = [
  {
    target: 'predict, 64 connections: >= 0.75 of in-process',
    id: COSTLY,
    read: (vigie, inProcess) => vigie.perSecond / (inProcess?.perSecond ?? NaN),
    unit: '',
    least: 0.75,
  },
  {
    target: 'predict, 64 connections: p99 <= 25 ms',
    id: COSTLY,
    read: ({ p99 }) => p99,
    unit: ' ms',
    most: 25,
  },
  {
    target: 'predict, 1 connection: p50 <= 2 ms over in-process',
    id: 'single-iris-classifier-1',
    read: ({ p50 }, inProcess) => p50 - (inProcess?.p50 ?? NaN),
    unit: ' ms',
    most: 2,
  },
  {
    target: 'predictBatch of 1000: p50 <= 30 ms',
    id: 'batch-1',
    read: ({ p50 }) => p50,
    unit: ' ms',
    most: 30,
  },
  {
    target: 'predictBatch, 4 in flight: >= 50,000 rows/s',
    id: 'batch-4',
    read: ({ rowsPerSecond }) => rowsPerSecond,
    unit: '/s',
    least: 50_000,
  },
];

export function caseTargets({ cases }: Findings): Target[] {
  return CASE_TARGETS.flatMap(({ id, read, ...target }) => {
    const subjects = cases.find((result) => result.id === id)?.subjects ?? [];
    const inProcess = subjects.find(({ kind }) => kind === 'in-process')?.figures;
    const vigies = subjects.filter(({ kind }) => kind.startsWith('vigie'));
    return vigies.map(({ name, figures }) => ({ ...target, subject: name, value: read(figures, inProcess) }));
  });
}

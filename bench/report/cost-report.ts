// Prints what a case cost: processor time by process, delays of the answering event loop, traffic to Redis.
import type { CaseResult } from '../scenarios/case-figures.js';
import { figure, formatTable } from './table.js';

export function formatCosts({ title, subjects }: CaseResult): string {
  const rows = subjects.map(({ name, figures }) => {
    const { cpuPer1000, loopDelay, redisPerPrediction, settleMs, generatorCpu } = figures;
    const processes = Object.entries(cpuPer1000).filter(([, seconds]) => seconds > 0);
    const total = processes.reduce((sum, [, seconds]) => sum + seconds, 0);
    const parts = processes.map(([label, seconds]) => `${label} ${figure(seconds)}`).join(', ');
    return [
      name,
      figure(processes.length === 0 ? NaN : total),
      figure(loopDelay?.p50),
      figure(loopDelay?.p99),
      figure(loopDelay?.max),
      figure(redisPerPrediction?.bytes),
      figure(redisPerPrediction?.commands),
      figure(settleMs),
      figure(generatorCpu),
      processes.length > 1 ? parts : '',
    ];
  });
  return formatTable(
    [
      `costs: ${title}`,
      'CPU s/1000',
      'loop p50 ms',
      'p99',
      'max',
      'to Redis B',
      'commands',
      'after ms',
      'generator',
      'CPU s/1000 by process',
    ],
    rows,
  );
}

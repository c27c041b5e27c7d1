// Decides whether so many features have drifted that the data as a whole are others.
import type { Finding } from '../monitor.js';
import type { JudgedColumn } from '../statistics/drift/drift-series.js';

const NAMED = 5;

/**
 * `columns` worst first. Critical when critical features alone reach the share; value is the share, of
 * those judged. While it is bad the features are its symptoms.
 */
export function datasetFinding(
  key: string,
  columns: readonly JudgedColumn[],
  threshold: number,
  n: number,
): Finding {
  const judged = columns.filter(({ verdict }) => verdict.status !== 'insufficient-data');
  const none = { key, threshold, effect: null, pValue: null, n };
  if (judged.length === 0)
    return {
      ...none,
      status: 'insufficient-data',
      value: null,
      summary: 'No feature had enough values to compare',
      detail: {},
    };
  const critical = judged.filter(({ verdict }) => verdict.status === 'critical');
  const drifted = judged.filter(({ verdict }) => verdict.status !== 'ok');
  const share = drifted.length / judged.length;
  const isCritical = critical.length / judged.length >= threshold;
  const isDrifted = share >= threshold;
  const names = drifted.slice(0, NAMED).map(({ column }) => column.name);
  const said = `${drifted.length} of ${judged.length} features have drifted`;
  return {
    ...none,
    status: isCritical ? 'critical' : isDrifted ? 'warning' : 'ok',
    value: share,
    effect: share,
    summary: names.length === 0 ? said : `${said}: ${names.join(', ')}${drifted.length > NAMED ? ', …' : ''}`,
    detail: { drifted: drifted.length, critical: critical.length, judged: judged.length, names },
    isCause: true,
  };
}

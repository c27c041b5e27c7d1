// The example plugin loads as an operator would load it, holds to the contract, and finds what it says it finds.
import { describe, expect, it } from 'vitest';
import { loadPlugins } from '../../src/monitors/load-plugins.js';
import { monitorContract } from '../../test/contract/monitor.contract.js';
import { monitorSubject, predictionBatch, type TestRow } from '../../test/support/monitor-batches.js';

const [plugin] = await loadPlugins(['./undecided.monitor.js'], import.meta.dirname);
const undecided = plugin?.definition;
if (undecided === undefined) throw new Error('the example exports a monitor');

monitorContract(undecided, [{ window: { seconds: 30 } }]);

function evaluate(rows: readonly TestRow[], settings: Record<string, unknown> = {}) {
  const monitor = undecided?.create(undecided.settings.parse(settings), monitorSubject());
  monitor?.update([{ kind: 'prediction', batch: predictionBatch(1000, rows) }]);
  return monitor?.evaluate(1000);
}
const rowsOf = (n: number, confidence: number) => Array.from({ length: n }, () => ({ confidence }));

describe('undecided', () => {
  it('measures the share of predictions with two classes nearly as probable, without failed ones', () => {
    const evaluation = evaluate([...rowsOf(3, 0.9), ...rowsOf(1, 0.52), { failed: true }]);
    expect(evaluation?.measurements).toEqual([
      { name: 'undecided_ratio', labels: {}, unit: 'ratio', value: 0.25, n: 4 },
    ]);
  });

  it.each([
    [30, 10, {}, 'ok'],
    [20, 20, {}, 'warning'],
    [20, 20, { warnAbove: 0.6 }, 'ok'],
    [20, 20, { margin: 0.01 }, 'ok'],
    [5, 5, {}, 'insufficient-data'],
  ])('finds %d decided and %d undecided with %j to be %s', (decided, close, settings, status) => {
    const evaluation = evaluate([...rowsOf(decided, 0.9), ...rowsOf(close, 0.52)], settings);
    expect(evaluation?.findings[0]).toMatchObject({ key: 'ratio', status, n: decided + close });
  });
});

// The grid says how many values of the reference lie between its bounds, from a profile that never saw them one by one.
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../../test/support/monitor-batches.js';
import { profileNumbers } from '../../../training/reference-profile.js';
import type { ColumnReference } from './column-reference.js';
import { createNumericGrid, firstNotBelow } from './numeric-grid.js';

const random = seededRandom(11);
const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
const SOURCES: Readonly<Record<string, () => number>> = {
  normal,
  skewed: () => Math.exp(1.5 * normal()),
  'half tied': () => (random() < 0.5 ? 0 : Math.exp(normal())),
  'whole numbers': () => Math.floor(-4 * Math.log(1 - random())),
  'two decimals': () => Math.round(100 * normal()) / 100,
  thirds: () => Math.floor(9 * random()) / 3,
};

describe.each(Object.entries(SOURCES))('of %s', (name, draw) => {
  it.each([50, 101, 1000, 4321])('%d values, the groups are counted right', (rows) => {
    const values = Array.from({ length: rows }, draw);
    const grid = gridOf(profileNumbers(values));
    const counts = grid.referenceGroups.map(() => 0);
    for (const value of values) {
      const cell = firstNotBelow(grid.quantiles.points, value);
      const group = grid.groupOfCell[cell] ?? 0;
      counts[group] = (counts[group] ?? 0) + 1;
    }
    let [seen, claimed, worst] = [0, 0, 0];
    counts.forEach((count, i) => {
      seen += count;
      claimed += grid.referenceGroups[i] ?? 0;
      worst = Math.max(worst, Math.abs(seen - claimed));
    });
    expect(claimed).toBe(rows);
    // A quantile that is a value itself may have been rounded to just below it.
    expect(worst).toBeLessThanOrEqual(1);
    expect(grid.referenceGroups.length).toBeGreaterThan(name === 'normal' && rows === 1000 ? 80 : 3);
  });
});

it('has below, at and above for a reference without spread, also one whose value was rounded', () => {
  for (const value of [3, 1 / 3]) {
    const grid = gridOf(profileNumbers(Array.from({ length: 200 }, () => value)));
    expect(grid.referenceGroups).toEqual([0, 200, 0]);
    expect(grid.groupOfCell[firstNotBelow(grid.quantiles.points, value)]).toBe(1);
  }
});

function gridOf(profile: ColumnReference) {
  if (profile.kind !== 'numeric') throw new Error('numbers have a numeric profile');
  return createNumericGrid(profile);
}

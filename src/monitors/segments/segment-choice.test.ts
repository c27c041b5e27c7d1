// The most frequent segments are watched, none comes and goes by chance, and nothing grows with how many there are.
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../test/support/monitor-batches.js';
import { createSegmentChoice } from './segment-choice.js';

const create = (top = 3) => createSegmentChoice({ top, reviewRows: 1000 });

describe('the choice of segments', () => {
  it('takes a segment once it had thirty rows, while there is a place', () => {
    const choice = create(1);
    for (let i = 0; i < 29; i += 1) choice.add('a');
    expect(choice.watched()).toEqual([]);
    choice.add('a');
    for (let i = 0; i < 100; i += 1) choice.add('b');
    expect(choice.watched()).toEqual(['a']);
  });

  it('ends with the largest, whatever came first', () => {
    const choice = create();
    for (let i = 0; i < 90; i += 1) choice.add(`early-${i % 3}`);
    const random = seededRandom(3);
    const sizes = [0.3, 0.25, 0.2, 0.1, 0.1, 0.05];
    for (let i = 0; i < 20_000; i += 1) choice.add(draw(sizes, random()));
    expect([...choice.watched()].sort()).toEqual(['0', '1', '2']);
    expect(choice.traffic().watchedShare).toBeCloseTo(0.75, 1);
  });

  it('never lets equals take turns', () => {
    const choice = create();
    const random = seededRandom(5);
    const sizes = Array.from({ length: 8 }, () => 1 / 8);
    for (let i = 0; i < 1000; i += 1) choice.add(draw(sizes, random()));
    const before = choice.watched();
    let changes = 0;
    for (let i = 0; i < 100_000; i += 1) {
      choice.add(draw(sizes, random()));
      if (choice.watched() !== before) changes += 1;
    }
    expect(changes).toBe(0);
  });

  it('follows traffic that moves to another segment', () => {
    const choice = create(1);
    for (let i = 0; i < 5000; i += 1) choice.add('old');
    for (let i = 0; i < 5000; i += 1) choice.add('new');
    expect(choice.watched()).toEqual(['new']);
  });

  it('keeps a bounded state under a flood of values, and still sees who is large', () => {
    const choice = create();
    for (let i = 0; i < 30_000; i += 1) choice.add(i % 3 === 0 ? `large-${i % 9}` : `user-${i}`);
    expect([...choice.watched()].sort()).toEqual(['large-0', 'large-3', 'large-6']);
    expect(JSON.stringify(choice.snapshot()).length).toBeLessThan(10_000);
    const { rows, distinct, watchedShare } = choice.traffic();
    expect(rows).toBe(30_000);
    expect(Math.abs(distinct / 20_003 - 1)).toBeLessThan(0.13);
    expect(watchedShare).toBeCloseTo(1 / 3, 1);
  });

  it('counts rows without a segment apart', () => {
    const choice = create();
    choice.add(undefined);
    choice.add('a');
    expect(choice.traffic()).toEqual({ rows: 2, without: 1, distinct: 1, watchedShare: 0 });
  });

  it('goes on from a snapshot, and refuses one that watches more', () => {
    const [whole, restored] = [create(), create()];
    for (let i = 0; i < 4321; i += 1) whole.add(`s${(i * i) % 7}`);
    restored.restore(JSON.parse(JSON.stringify(whole.snapshot())));
    for (let i = 0; i < 3000; i += 1) for (const choice of [whole, restored]) choice.add(`s${i % 4}`);
    expect(restored.snapshot()).toEqual(whole.snapshot());
    expect(restored.watched()).toEqual(whole.watched());
    expect(() => {
      create(1).restore(whole.snapshot());
    }).toThrow('more segments');
  });
});

function draw(sizes: readonly number[], random: number): string {
  let rest = random;
  const at = sizes.findIndex((size) => (rest -= size) < 0);
  return String(at === -1 ? sizes.length - 1 : at);
}

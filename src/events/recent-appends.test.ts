// What is kept for an offer after an outage.
import { describe, expect, it } from 'vitest';
import { createRecentAppends, type Append } from './recent-appends.js';

const append = (id: string, payload = 'x'): Append => ({
  stream: 's',
  onceKey: `k${id}`,
  againWithinMs: 0,
  event: ['e', payload],
  id,
});

function kept() {
  let time = 1_000_000;
  const safe: string[] = [];
  const recent = createRecentAppends({
    now: () => time,
    lifetimeMs: 86_400_000,
    onSafe: ({ id }) => safe.push(id),
  });
  return { recent, safe, ids: () => recent.all().map(({ id }) => id), pass: (ms: number) => (time += ms) };
}

describe('recent appends', () => {
  it('are kept in order for ten seconds', () => {
    const { recent, ids, pass } = kept();
    recent.add(append('1'));
    pass(9000);
    recent.add(append('2'));
    expect(ids()).toEqual(['1', '2']);
    pass(2000);
    recent.add(append('3'));
    expect(ids()).toEqual(['2', '3']);
  });

  it('are told of when they are no longer kept, each once, and never while an outage may still need them', () => {
    const { recent, safe, ids, pass } = kept();
    for (const id of ['1', '2', '3']) recent.add(append(id));
    pass(11_000);
    recent.add(append('4'));
    expect(safe).toEqual(['1', '2', '3']);
    recent.freeze();
    pass(60_000);
    recent.add(append('5'));
    expect([safe, ids()]).toEqual([
      ['1', '2', '3'],
      ['4', '5'],
    ]);
    recent.thaw(new Map());
    pass(11_000);
    recent.add(append('6'));
    expect(safe).toEqual(['1', '2', '3', '4', '5']);
  });

  it('outlast an outage of any length up to the life of their once-keys', () => {
    const { recent, ids, pass } = kept();
    recent.add(append('1'));
    recent.freeze();
    pass(3_600_000);
    expect(ids()).toEqual(['1']);
    pass(86_400_000);
    expect(ids()).toEqual([]);
  });

  it('are not offered beyond the life of their once-keys, however many outages come before that', () => {
    const { recent, ids, pass } = kept();
    const first = append('1');
    recent.add(first);
    recent.add(append('2'));
    for (let outage = 0; outage < 3; outage += 1) {
      recent.freeze();
      pass(40_000_000);
      recent.thaw(new Map(outage === 1 ? [[first, append('9')]] : []));
    }
    // The first was appended again under a new once-key, the second still has its old one.
    expect(ids()).toEqual(['9']);
  });

  it('are as good as new after an outage, under the ids they got then', () => {
    const { recent, ids, pass } = kept();
    const first = append('1');
    recent.add(first);
    recent.add(append('2'));
    recent.freeze();
    pass(60_000);
    recent.thaw(new Map([[first, append('9')]]));
    recent.add(append('3'));
    expect(ids()).toEqual(['9', '2', '3']);
  });

  it('are bounded by count and by size', () => {
    const { recent } = kept();
    for (let i = 0; i < 25_000; i += 1) recent.add(append(String(i)));
    expect(recent.all()).toHaveLength(20_000);
    expect(recent.all()[0]?.id).toBe('5000');
    const large = 'x'.repeat(20 * 1024 * 1024);
    for (let i = 0; i < 5; i += 1) recent.add(append(`large${i}`, large));
    expect(recent.all().map(({ id }) => id)).toEqual(['large2', 'large3', 'large4']);
  });
});

import { describe, expect, it } from 'vitest';
import { createStatistics, quantile } from './simulate-statistics.js';

describe('quantile', () => {
  const hundred = Array.from({ length: 100 }, (_, i) => 100 - i);
  it.each([
    [[], 0.5, undefined],
    [[7], 0.99, 7],
    [hundred, 0.5, 50],
    [hundred, 0.99, 99],
    [hundred, 1, 100],
  ])('is the nearest rank', (values, share, expected) => {
    expect(quantile(values, share)).toBe(expected);
  });
});

describe('the summary', () => {
  it('counts failures by code and measures accuracy over the answers', () => {
    const statistics = createStatistics();
    for (const right of [true, true, true, false]) {
      statistics.sent();
      statistics.answered(10, Number(right), 1);
    }
    for (const code of ['OVERLOADED', 'OVERLOADED', 'UNAVAILABLE']) {
      statistics.sent();
      statistics.failed(code);
    }
    statistics.feedbackAccepted(2);
    statistics.alertSeen();
    const summary = statistics.summary();
    expect(summary).toMatch(/sent +7\n/);
    expect(summary).toContain('OVERLOADED 2, UNAVAILABLE 1');
    expect(summary).toContain('0.7500');
    expect(summary).toMatch(/feedback +2 accepted/);
    expect(summary).toMatch(/alerts +1 /);
    expect(statistics.line(1)).toContain('p99 10.0 ms');
    expect(statistics.line(2)).toContain('p99 -');
  });
});

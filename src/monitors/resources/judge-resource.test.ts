// What is found of a resource by its level and by its forecast, and what becomes of the alert when it is over.
import { describe, expect, it } from 'vitest';
import { startStory } from '../../../test/support/alert-story.js';
import { judgeResource } from './judge-resource.js';

const HOUR_MS = 3_600_000;
const NOW = 1_700_000_000_000;
const MINUTE = 60_000;

/** Half an hour of memory, `share` of 100 bytes full, that would reach its limit in `hours` if it went on. */
function find(share: number, hours?: number, now = NOW) {
  const forecast = {
    ...{ reachesAt: now + (hours ?? 0) * HOUR_MS, slopePerHour: 10, low: 9, high: 11, points: 30, hours: 1 },
  };
  const bounds = { warnAbove: 0.85, criticalAbove: 0.95 };
  return judgeResource(
    { key: 'memory:host-1', title: 'All memory', unit: 'bytes', bounds },
    {
      ...{ used: share * 100, limit: 100, level: share * 100, n: 60, from: now - HOUR_MS / 2, to: now },
      forecast: hours === undefined ? undefined : forecast,
    },
    { warnWithinHours: 24, criticalWithinHours: 2 },
    now,
  );
}

describe('the threshold', () => {
  it.each([
    ['nothing', 0.5, undefined, 'ok', 0.85],
    ['the level', 0.9, undefined, 'warning', 0.85],
    ['the level, by far', 0.96, undefined, 'critical', 0.95],
    ['the forecast', 0.5, 10, 'warning', null],
    ['the forecast, soon', 0.5, 1, 'critical', null],
    ['both', 0.9, 10, 'warning', 0.85],
    ['both, the forecast more so', 0.9, 1, 'critical', 0.85],
  ])('is the bound that the level passed, or none, when %s is bad', (_, share, hours, status, threshold) => {
    expect(find(share, hours)).toMatchObject({ status, value: share, threshold });
  });
});

describe('an alert of a forecast', () => {
  it('ends once no end has been in sight for as long as any other alert has to be well', () => {
    const story = startStory({ forMs: 0, keepFiringForMs: MINUTE, settleMs: 5 * MINUTE });
    expect(story.see(0, find(0.6, 1))).toContain('pending>firing!');
    expect(story.see(10_000, find(0.6))).toEqual([]);
    expect(story.see(10_000 + MINUTE - 1, find(0.6))).toEqual([]);
    expect(story.see(10_000 + MINUTE, find(0.6))).toEqual(['firing>resolved!']);
  });

  it('that has become one of the level ends only when the level has left its bound behind', () => {
    const story = startStory({ forMs: 0, keepFiringForMs: MINUTE, settleMs: 5 * MINUTE });
    story.see(0, find(0.6, 1));
    story.see(1000, find(0.9, 1));
    story.see(2000, find(0.84));
    expect(story.see(2000 + 2 * MINUTE, find(0.84))).toEqual([]);
    expect(story.see(2000 + 5 * MINUTE, find(0.84))).toEqual(['firing>resolved!']);
  });
});

// Hours of simulated memory: what settles, swings or jumps is no end in sight, and a leak is seen long before its end.
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../test/support/monitor-batches.js';
import { forecast } from './forecast.js';
import { createTrendSeries } from './trend-series.js';

const HOUR_MS = 3_600_000;
const SPAN_MS = 12 * HOUR_MS;
const STEP_MS = 20_000;
const LOOK_EVERY = 45;
const SEEDS = [1, 2, 3, 4];

/** Share of the limit after so many hours. */
type Course = (hours: number) => number;

function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** When an end within a day was first in sight, and within two hours, in hours; undefined when never. */
function simulate(course: Course, hours: number) {
  const series = createTrendSeries(SPAN_MS, 'least');
  let warned: number | undefined;
  let alarmed: number | undefined;
  for (let i = 0; i * STEP_MS < hours * HOUR_MS; i += 1) {
    const at = i * STEP_MS;
    series.add(at, course(at / HOUR_MS));
    if (i % LOOK_EVERY !== 0) continue;
    const left = ((forecast(series.points(), 1)?.reachesAt ?? Infinity) - at) / HOUR_MS;
    if (left <= 24) warned ??= at / HOUR_MS;
    if (left <= 2) alarmed ??= at / HOUR_MS;
  }
  return { warned, alarmed };
}

const harmless: Readonly<Record<string, (random: () => number) => Course>> = {
  'level with noise': (random) => () => 0.5 + 0.03 * normal(random),
  'growth after a start that settles': (random) => {
    const [gain, time] = [0.3 + 0.4 * random(), 0.3 + 3 * random()];
    return (h) => 0.1 + gain * (1 - Math.exp(-h / time)) + 0.01 * normal(random);
  },
  'a sawtooth of garbage collection': (random) => {
    const [period, height] = [0.02 + 1.5 * random(), 0.05 + 0.3 * random()];
    return (h) => 0.2 + height * ((h % period) / period) + 0.005 * normal(random);
  },
  'a random walk': (random) => {
    let at = 0.4;
    return () => (at = Math.min(0.8, Math.max(0.1, at + 0.0006 * normal(random))));
  },
  'a day and a night': (random) => {
    const phase = 24 * random();
    return (h) => 0.5 + 0.15 * Math.sin(((h + phase) * Math.PI) / 12) + 0.01 * normal(random);
  },
  'models that are loaded one after the other': (random) => {
    const times = [24 * random(), 24 * random(), 24 * random()];
    return (h) => 0.3 + 0.12 * times.filter((time) => time < h).length + 0.01 * normal(random);
  },
};

describe('the forecast', () => {
  it.each(Object.entries(harmless))('sees no end in a day of %s', (_, courseOf) => {
    const warned = SEEDS.map((seed) => simulate(courseOf(seededRandom(seed * 7919)), 24).warned);
    expect(warned).toEqual(SEEDS.map(() => undefined));
  });

  it.each([
    [3, 0],
    [10, 0],
    [10, 0.08],
    [30, 0],
    [30, 0.08],
  ])(
    'sees the end of a leak of %d hours under a sawtooth of %d with a quarter of its way to go, and is loud in time',
    (length, saw) => {
      for (const seed of SEEDS) {
        const random = seededRandom(seed * 104_729);
        const leak: Course = (h) =>
          0.3 + (0.7 * h) / length + saw * ((h % 0.4) / 0.4) + 0.015 * normal(random);
        const { warned, alarmed } = simulate(leak, length);
        expect(warned).toBeLessThan(0.75 * length);
        expect(length - (alarmed ?? length)).toBeGreaterThan(0.4);
      }
    },
  );

  it('sees the end of a leak that begins after a quiet day', () => {
    for (const seed of SEEDS) {
      const random = seededRandom(seed * 65_537);
      const course: Course = (h) => 0.3 + (0.7 * Math.max(0, h - 20)) / 6 + 0.015 * normal(random);
      const { warned } = simulate(course, 26);
      expect(warned).toBeGreaterThan(20);
      expect(warned).toBeLessThan(24.5);
    }
  });

  it('says when', () => {
    const points = Array.from({ length: 60 }, (_, i) => ({ at: i * 60_000, value: 0.4 + i * 0.006 }));
    const { reachesAt = 0, low = 0, slopePerHour = 0, high = 0 } = forecast(points, 1) ?? {};
    expect(reachesAt / 60_000).toBeCloseTo(0.6 / 0.006, 0);
    expect([low, slopePerHour, high].map((slope) => slope.toFixed(3))).toEqual(['0.360', '0.360', '0.360']);
  });

  it('is the same from a restored course', () => {
    const [whole, first, second] = [1, 2, 3].map(() => createTrendSeries(SPAN_MS, 'mean'));
    const random = seededRandom(5);
    for (let i = 0; i < 3000; i += 1) {
      const value = 0.2 + i / 5000 + random() / 100;
      whole?.add(i * STEP_MS, value);
      if (i === 1777) second?.restore(JSON.parse(JSON.stringify(first?.snapshot())));
      (i < 1777 ? first : second)?.add(i * STEP_MS, value);
    }
    expect(second?.points()).toEqual(whole?.points());
    expect(forecast(second?.points() ?? [], 1)).toEqual(forecast(whole?.points() ?? [], 1));
    expect(whole?.points().length).toBeLessThanOrEqual(96);
  });
});

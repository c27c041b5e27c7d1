// Ten segments beside each other are wrong no more often than one monitor, and see what the whole cannot.
import { describe, expect, it } from 'vitest';
import { monitorSubject, predictionBatch, seededRandom } from '../../../test/support/monitor-batches.js';
import { classDistributionMonitor } from '../class-distribution/class-distribution.monitor.js';
import { dataDriftMonitor } from '../data-drift/data-drift.monitor.js';
import type { Finding, Monitor, MonitorDefinition } from '../monitor.js';
import { segmented } from './segmented.js';

const SEGMENTS = 10;
const ROWS = 100;
// The test at 5% alone decides, so that chance has its say often enough to be counted.
const AT_5_PERCENT = { maxPValue: 0.05, warnAtDistance: 1e-9 };

const subject = monitorSubject();
const isBad = ({ status }: Finding) => status === 'warning' || status === 'critical';

function create(definition: MonitorDefinition, settings: Record<string, unknown>): Monitor {
  const repeated = segmented(definition, subject.manifest);
  const chosen = {
    segmentBy: 'metadata.region',
    segments: { top: SEGMENTS, referenceRows: ROWS },
    ...settings,
  };
  return repeated.create(repeated.settings.parse(chosen), subject);
}

/** `rounds` batches of one row of each segment, which answers `on` with the chance that `shareOf` names. */
function feed(
  monitor: Monitor,
  rounds: number,
  random: () => number,
  shareOf: (segment: number) => number,
  at = 1000,
) {
  for (let i = 0; i < rounds; i += 10) {
    const rows = Array.from({ length: 10 * SEGMENTS }, (_, row) => {
      const segment = row % SEGMENTS;
      return { label: random() < shareOf(segment) ? 'on' : 'off', metadata: { region: `r${segment}` } };
    });
    const batch = predictionBatch(at, rows);
    const load = rows.map(({ label }) => (label === 'on' ? 1 : 0) + random());
    monitor.update([{ kind: 'prediction', batch: { ...batch, features: { load } } }]);
  }
}

describe('ten segments of stationary traffic', () => {
  const RUNS = 100;
  const UNCORRECTED_RUNS = 30;
  const rateOf = (comparisons: number | undefined, runs: number) => {
    const uncorrected: MonitorDefinition = {
      ...classDistributionMonitor,
      create: (settings, whose) =>
        classDistributionMonitor.create(classDistributionMonitor.settings.parse(settings), {
          ...whose,
          comparisons,
        }),
    };
    const random = seededRandom(17);
    let alarms = 0;
    for (let run = 0; run < runs; run += 1) {
      const monitor = create(
        comparisons === undefined ? uncorrected : classDistributionMonitor,
        AT_5_PERCENT,
      );
      // The rows before a segment has a place are its traffic too: enough of them for reference and window.
      feed(monitor, 30 + 2 * ROWS, random, () => 0.4);
      if (monitor.evaluate(1000).findings.some(isBad)) alarms += 1;
    }
    return alarms / runs;
  };

  it('are found to have changed in no more than the 5% that one monitor may be wrong, and in many more uncorrected', () => {
    // Three standard deviations of the rate of 100 runs.
    expect(rateOf(SEGMENTS, RUNS)).toBeLessThan(0.05 + 3 * Math.sqrt((0.05 * 0.95) / RUNS));
    expect(rateOf(undefined, UNCORRECTED_RUNS)).toBeGreaterThan(0.25);
  });
});

describe('a change in one segment of ten', () => {
  const changed = (share: number) => (segment: number) => (segment === 4 ? share : 0.4);

  it('is found there by the default rules, and nowhere else, and is too small for the whole', () => {
    const monitor = create(classDistributionMonitor, {});
    const random = seededRandom(23);
    feed(monitor, 30 + ROWS, random, () => 0.4);
    feed(monitor, ROWS, random, changed(0.8));
    expect(
      monitor
        .evaluate(1000)
        .findings.filter(isBad)
        .map(({ key }) => key),
    ).toEqual(['segment=r4/distribution']);
    const alone = classDistributionMonitor.create(
      classDistributionMonitor.settings.parse({}),
      monitorSubject({ labels: { off: 600, on: 400 } }),
    );
    feed(alone, ROWS, seededRandom(23), changed(0.8));
    expect(alone.evaluate(1000).findings.filter(isBad)).toEqual([]);
  });

  it('is found in a feature as well, against the first predictions of the segment', () => {
    const monitor = create(dataDriftMonitor, { window: { count: ROWS } });
    const random = seededRandom(29);
    feed(monitor, 30 + 2 * ROWS, random, () => 0.4);
    expect(monitor.evaluate(1000).findings.filter(isBad)).toEqual([]);
    feed(monitor, 2 * ROWS, random, changed(0.9));
    const keys = monitor
      .evaluate(1000)
      .findings.filter(isBad)
      .map(({ key }) => key);
    expect(keys.sort()).toEqual(['segment=r4/dataset', 'segment=r4/load']);
  });
});

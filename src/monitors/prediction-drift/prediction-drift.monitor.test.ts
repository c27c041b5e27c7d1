// When answers are found to be distributed otherwise than on the reference.
import { describe, expect, it } from 'vitest';
import { monitorSubject, predictionBatch, seededRandom } from '../../../test/support/monitor-batches.js';
import type { Task } from '../../manifest/model-manifest.js';
import {
  createReferenceProfile,
  profileCategories,
  profileNumbers,
} from '../../training/reference-profile.js';
import { compareShares } from '../class-distribution/compare-shares.js';
import type { Monitor, ReferenceProfile } from '../monitor.js';
import { predictionDriftMonitor } from './prediction-drift.monitor.js';

interface Answers {
  readonly labels: readonly string[];
  readonly confidences: readonly number[];
}

describe('prediction drift', () => {
  it('finds nothing while labels and confidences are those of the reference', () => {
    const random = seededRandom(3);
    const monitor = create('classification', outputsOf(answers(random, 2000)));
    for (let window = 0; window < 30; window += 1) {
      feed(monitor, answers(random, 1000));
      expect(statuses(monitor)).toEqual({ label: 'ok', confidence: 'ok' });
    }
  });

  it('says of every finding, judged or not, that it is about the answers, as class-distribution does', () => {
    const random = seededRandom(5);
    const monitor = create('classification', outputsOf(answers(random, 2000)));
    const topics = () => monitor.evaluate(0).findings.map(({ key, about }) => [key, about]);
    const wanted = [
      ['confidence', 'answers'],
      ['label', 'answers'],
    ];
    expect(topics().toSorted()).toEqual(wanted);
    feed(monitor, answers(random, 1000));
    expect(topics().toSorted()).toEqual(wanted);
    const shares = { classes: ['on'], counts: [0], n: 0, reference: [1], maxPValue: 0.001 };
    const bounds = { warnAtDistance: 0.1, criticalAtDistance: 0.25, minRows: 30 };
    expect(compareShares({ ...shares, ...bounds }).about).toBe('answers');
  });

  it('finds changed labels, changed confidences, and a class never answered before, each for itself', () => {
    const random = seededRandom(4);
    const reference = outputsOf(answers(random, 2000));
    const judge = (current: Answers) => {
      const monitor = create('classification', reference);
      feed(monitor, current);
      return statuses(monitor);
    };
    expect(judge(answers(random, 1000, { on: 0.8 }))).toEqual({ label: 'critical', confidence: 'ok' });
    expect(judge(answers(random, 1000, { least: 0.8 }))).toEqual({ label: 'ok', confidence: 'critical' });
    const { labels, confidences } = answers(random, 1000);
    const jammed = labels.map((label, i) => (i % 10 === 0 ? 'jammed' : label));
    expect(judge({ labels: jammed, confidences })).toMatchObject({ label: 'critical' });
  });

  it('finds probability that moves between classes which are never answered', () => {
    const random = seededRandom(8);
    const classes = ['a', 'b', 'c'];
    const rows = (share: number) =>
      Array.from({ length: 1000 }, () => {
        const rest = 0.4 * random();
        return [1 - rest, share * rest, (1 - share) * rest];
      });
    const outputs = (probabilities: readonly number[][]) => ({
      label: probabilities.map(() => 'a'),
      confidence: probabilities.map(([first = 0]) => first),
      probabilities: {
        classes: classes.toReversed(),
        values: probabilities.flatMap((row) => row.toReversed()),
      },
    });
    const usual = rows(0.5);
    const { outputs: reference } = createReferenceProfile(
      [],
      classes,
      usual.map(() => ({ features: {}, truth: 'a' })),
      {
        labels: usual.map(() => 'a'),
        confidences: usual.map(([first = 0]) => first),
        probabilities: usual,
      },
    );
    const judge = (share: number) => {
      const manifest = { ...monitorSubject().manifest, classes };
      const subject = {
        ...monitorSubject(),
        manifest,
        reference: { rows: 1000, features: {}, outputs: reference },
      };
      const monitor = predictionDriftMonitor.create(predictionDriftMonitor.settings.parse({}), subject);
      const batch = predictionBatch(
        0,
        usual.map(() => ({})),
      );
      monitor.update([{ kind: 'prediction', batch: { ...batch, outputs: outputs(rows(share)) } }]);
      return statuses(monitor);
    };
    const still = { label: 'ok', confidence: 'ok', 'probability:a': 'ok' };
    expect(judge(0.5)).toEqual({ ...still, 'probability:b': 'ok', 'probability:c': 'ok' });
    expect(judge(0.9)).toEqual({ ...still, 'probability:b': 'critical', 'probability:c': 'critical' });
  });

  it('watches the value of a regression', () => {
    const random = seededRandom(5);
    const values = (from: number) => Array.from({ length: 1000 }, () => from + random());
    const monitor = create('regression', { value: profileNumbers(values(0)) });
    const batch = predictionBatch(
      0,
      values(0).map(() => ({})),
    );
    monitor.update([{ kind: 'prediction', batch: { ...batch, outputs: { value: values(0.2) } } }]);
    const [finding] = monitor.evaluate(0).findings;
    expect(finding).toMatchObject({ key: 'value', status: 'critical', n: 1000 });
    expect(finding?.summary).toMatch(/its mean was 0\.[45]\d*, is 0\.[67]/);
  });

  it('says no-data for what the reference does not have, and judges the rest', () => {
    const random = seededRandom(6);
    const { label } = outputsOf(answers(random, 2000));
    const monitor = create('classification', { label });
    feed(monitor, answers(random, 1000));
    expect(statuses(monitor)).toEqual({ label: 'ok', confidence: 'no-data' });
  });

  it('leaves failed rows out', () => {
    const monitor = create('classification', outputsOf(answers(seededRandom(7), 2000)));
    const rows = Array.from({ length: 1500 }, () => ({ failed: true }));
    monitor.update([{ kind: 'prediction', batch: predictionBatch(0, rows) }]);
    expect(monitor.evaluate(0).window.n).toBe(0);
  });
});

function create(task: Task, outputs: ReferenceProfile['outputs']): Monitor {
  const subject = { ...monitorSubject({ task }), reference: { rows: 2000, features: {}, outputs } };
  return predictionDriftMonitor.create(predictionDriftMonitor.settings.parse({}), subject);
}

function answers(random: () => number, rows: number, { on = 0.6, least = 0.5 } = {}): Answers {
  return {
    labels: Array.from({ length: rows }, () => (random() < on ? 'on' : 'off')),
    confidences: Array.from({ length: rows }, () => least + (1 - least) * random()),
  };
}

function outputsOf({ labels, confidences }: Answers) {
  return { label: profileCategories(['off', 'on'], labels), confidence: profileNumbers(confidences) };
}

function feed(monitor: Monitor, { labels, confidences }: Answers): void {
  const rows = labels.map((label, i) => ({ label, confidence: confidences[i] ?? 0 }));
  monitor.update([{ kind: 'prediction', batch: predictionBatch(0, rows) }]);
}

function statuses(monitor: Monitor): Record<string, string> {
  return Object.fromEntries(monitor.evaluate(0).findings.map(({ key, status }) => [key, status]));
}

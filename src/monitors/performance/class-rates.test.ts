// A class that is found or answered worse than in the evaluation is told of, though accuracy hardly moves.
import { describe, expect, it } from 'vitest';
import { answersOf, tellLabels } from '../../../test/support/label-batches.js';
import { monitorSubject } from '../../../test/support/monitor-batches.js';
import { performanceMonitor } from './performance.monitor.js';

const NOW = 1_700_000_000_000;
/** Of 1000 cases 40 were on, 36 of them found; 10 others were taken for one. */
const EVALUATION = {
  ...{ rows: 1000, accuracy: 0.986, support_on: 40, recall_on: 0.9, precision_on: 36 / 46 },
  ...{ support_off: 960, recall_off: 950 / 960, precision_off: 950 / 954 },
};
const AS_EVALUATED = { 'on>on': 36, 'on>off': 4, 'off>on': 10, 'off>off': 950 };

function judge(
  counts: Readonly<Record<string, number>>,
  { evaluation = EVALUATION, settings = {} }: { evaluation?: Record<string, number>; settings?: object } = {},
) {
  const monitor = performanceMonitor.create(
    performanceMonitor.settings.parse(settings),
    monitorSubject({ evaluation }),
  );
  tellLabels(monitor, answersOf(counts), NOW);
  return monitor.evaluate(NOW).findings;
}
const statuses = (...asked: Parameters<typeof judge>) =>
  Object.fromEntries(judge(...asked).map(({ key, status }) => [key, status]));

const OK = {
  ...{ accuracy: 'ok', 'precision:off': 'ok', 'recall:off': 'ok', 'precision:on': 'ok', 'recall:on': 'ok' },
};

describe('rates by class beside the evaluation', () => {
  it('are ok while they are as evaluated', () => {
    expect(statuses(AS_EVALUATED)).toEqual(OK);
  });

  it('tell of a rare class that is not found any more, though accuracy is fine', () => {
    const collapsed = { 'on>on': 8, 'on>off': 32, 'off>on': 2, 'off>off': 958 };
    // Too few were answered at all to judge the precision.
    const precision = { 'precision:on': 'insufficient-data' };
    expect(statuses(collapsed)).toEqual({ ...OK, ...precision, 'recall:on': 'critical' });
    const recall = judge(collapsed).find(({ key }) => key === 'recall:on');
    expect(recall).toMatchObject({ value: 0.2, n: 40, detail: { evaluated: 0.9, evaluatedRows: 40 } });
    expect(recall?.detail['upper95']).toBeCloseTo(0.3476, 4);
    // scipy.stats.fisher_exact([[32, 8], [4, 36]], alternative="greater")
    expect(Math.log10(recall?.pValue ?? 1)).toBeCloseTo(Math.log10(9.969548377299218e-11), 6);
    expect(recall?.summary).toContain(
      'recall of "on" of 40 labelled predictions is 0.2000; the evaluation had 0.9000 of 40',
    );
  });

  it('tell of a class that is answered where it is not', () => {
    const evaluation = { ...EVALUATION, rows: 10_000, support_on: 400, support_off: 9600 };
    const eager = { ...AS_EVALUATED, 'off>on': 55, 'off>off': 905 };
    expect(statuses(eager, { evaluation })).toEqual({ ...OK, 'precision:on': 'critical' });
  });

  it('warn of what matters less, and say nothing of what is too little to matter', () => {
    const many = { ...EVALUATION, support_on: 4000 };
    const found = (hits: number) =>
      statuses({ 'on>on': hits, 'on>off': 500 - hits, 'off>off': 500 }, { evaluation: many })['recall:on'];
    expect([found(425), found(385), found(300)]).toEqual(['ok', 'warning', 'critical']);
  });

  it('are symptoms of an accuracy that is bad', () => {
    const wrong = { 'on>on': 8, 'on>off': 32, 'off>on': 400, 'off>off': 560 };
    expect(judge(wrong).filter(({ isCause }) => isCause === true)).toMatchObject([
      { key: 'accuracy', status: 'critical' },
    ]);
    expect(judge(wrong, { settings: { minAccuracy: 0.9 } })[0]).toMatchObject({ isCause: true });
  });

  it('are judged of enough cases of the class, and have no data without any', () => {
    expect(statuses({ 'on>off': 29, 'off>off': 900 })).toMatchObject({
      'recall:on': 'insufficient-data',
      'precision:on': 'no-data',
    });
    expect(statuses({ 'off>off': 900 })).toMatchObject({ 'recall:on': 'no-data', 'recall:off': 'ok' });
  });

  it('share the level between them', () => {
    // Its p of 4.3e-4 is under the level, but not under a quarter of it.
    const worse = { 'on>on': 22, 'on>off': 18, 'off>off': 960 };
    const alone = { rows: 1000, support_on: 40, recall_on: 0.9 };
    const settings = { maxPValue: 0.0008 };
    const pValue = judge(worse, { settings }).find(({ key }) => key === 'recall:on')?.pValue ?? 1;
    expect(pValue > 0.0002 && pValue < 0.0008).toBe(true);
    expect(statuses(worse, { settings })['recall:on']).toBe('ok');
    expect(statuses(worse, { evaluation: alone, settings })['recall:on']).toBe('critical');
  });

  it.each([
    ['no support', { rows: 100, recall_on: 0.9, precision_on: 0.9 }, []],
    ['no cases of the class', { rows: 100, recall_on: 0, precision_on: 0, support_on: 0 }, []],
    ['never right', { rows: 100, recall_on: 0, precision_on: 0, support_on: 9 }, ['recall:on']],
    ['shares that are none', { rows: 100, recall_on: 90, precision_on: 90, support_on: 9 }, []],
  ])('are left out where the evaluation has %s', (_, evaluation, keys) => {
    expect(judge(AS_EVALUATED, { evaluation }).map(({ key }) => key)).toEqual(['accuracy', ...keys]);
  });

  it('are bounded in number', () => {
    const classes = Array.from({ length: 150 }, (_, i) => `class-${i}`);
    const evaluation = Object.fromEntries(
      classes.flatMap((name) => [
        [`support_${name}`, 10],
        [`recall_${name}`, 1],
      ]),
    );
    const subject = monitorSubject({ evaluation });
    const many = { ...subject, manifest: { ...subject.manifest, classes } };
    const monitor = performanceMonitor.create(performanceMonitor.settings.parse({}), many);
    expect(monitor.evaluate(NOW).findings).toHaveLength(31);
  });
});

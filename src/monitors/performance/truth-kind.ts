// What the truth about a prediction is, by task: how it is kept in a window, and how a window of it is judged.
import type { FeedbackBatch, MonitorSubject } from '../monitor.js';
import { countMatches, isCountedMatches } from '../statistics/detection/counted-matches.js';
import type { CountedMetrics } from '../statistics/detection/counted-metrics.js';
import type { Box } from '../statistics/detection/match-boxes.js';
import { judgeBoxes, measureBoxes, type BoxBounds } from './judge-boxes.js';
import { judgeAnswers, judgeValues, type Bounds, type Judgement } from './judge-performance.js';
import type { LabelledRow, RowShape } from './labelled-window.js';
import { OTHER } from './measure-classes.js';

const MAX_CLASSES = 100;
/** Of all pictures of a window together; a picture of a hundred boxes of a few classes has about 150. */
const MOST_NUMBERS = 120_000;
const LEAST_IOU = 0.5;

/** One kind of truth. */
export interface TruthKind {
  /** What the numbers of a row count in; a state of other classes means something else. */
  readonly classes: readonly string[];
  readonly shape: RowShape;
  /** The numbers of one labelled prediction; undefined where the truth is of another kind. */
  readonly valuesOf: (item: FeedbackBatch['items'][number]) => readonly number[] | undefined;
  /** `revision` is another number whenever a row was added. */
  readonly judge: (
    rows: readonly LabelledRow[],
    labelRatio: number | undefined,
    revision: number,
  ) => Judgement;
}

/** The kind that goes with the task of the model. */
export function truthKind(subject: MonitorSubject, bounds: Bounds & BoxBounds): TruthKind {
  switch (subject.manifest.task) {
    case 'regression':
      return values(subject, bounds);
    case 'detection':
      return boxes(subject, bounds);
    case 'classification':
    case 'system':
      return answers(subject, bounds);
  }
}

function values({ evaluation }: MonitorSubject, bounds: Bounds): TruthKind {
  return {
    classes: [],
    shape: 2,
    valuesOf: ({ truth, predicted }) => [truth.value ?? Number.NaN, predicted.value ?? Number.NaN],
    judge: (rows, labelRatio) => judgeValues(rows, labelRatio, bounds, evaluation),
  };
}

function answers(subject: MonitorSubject, bounds: Bounds): TruthKind {
  const classes = [...classesOf(subject), OTHER];
  const codeOf = codesOf(classes);
  return {
    classes,
    shape: 3,
    valuesOf: ({ truth, predicted }) => {
      if (truth.label === undefined || predicted.label === undefined) return undefined;
      return [codeOf(truth.label), codeOf(predicted.label), truth.label === predicted.label ? 1 : 0];
    },
    judge: (rows, labelRatio) => judgeAnswers(rows, labelRatio, bounds, subject.evaluation, classes),
  };
}

function boxes(subject: MonitorSubject, bounds: BoxBounds): TruthKind {
  const known = classesOf(subject);
  const classes = [...known, OTHER];
  const codeOf = codesOf(classes);
  // Drawing pictures again costs more than all else, and most looks see what the last one saw.
  let last: { readonly key: string; readonly metrics: CountedMetrics } | undefined;
  const metricsOf = (rows: readonly LabelledRow[], revision: number) => {
    const key = `${revision}:${rows.length}`;
    if (last?.key !== key) {
      const pictures = rows.map(({ values: counted }) => counted);
      last = { key, metrics: measureBoxes(pictures, known.length) };
    }
    return last.metrics;
  };
  return {
    classes,
    shape: { most: MOST_NUMBERS, isSound: (counted) => isCountedMatches(counted, classes.length) },
    valuesOf: ({ truth, predicted }) => {
      if (truth.detections === undefined || predicted.detections === undefined) return undefined;
      const picture = {
        detections: predicted.detections.map(({ label, confidence, box }) => ({
          ...{ label, score: confidence, box: cornersOf(box) },
        })),
        truths: truth.detections.map(({ label, box }) => ({ label, box: cornersOf(box) })),
      };
      return countMatches(picture, LEAST_IOU, codeOf);
    },
    judge: (rows, labelRatio, revision) =>
      judgeBoxes(metricsOf(rows, revision), known, labelRatio, bounds, subject.evaluation),
  };
}

function cornersOf({ x, y, width, height }: Readonly<Record<'x' | 'y' | 'width' | 'height', number>>): Box {
  return [x, y, x + width, y + height];
}

function codesOf(classes: readonly string[]): (label: string) => number {
  const codes = new Map(classes.map((name, code) => [name, code]));
  return (label) => codes.get(label) ?? classes.length - 1;
}

function classesOf({ manifest, reference }: MonitorSubject): string[] {
  const profile = reference?.outputs['label'];
  const counted = profile?.kind === 'category' ? Object.keys(profile.counts) : [];
  return (manifest.classes.length > 0 ? manifest.classes : counted).slice(0, MAX_CLASSES);
}

// Watches what a detector finds in pictures: whether anything, how much, of which class, how surely, how large and how whole.
import {
  defineMonitor,
  type Evaluation,
  type Finding,
  type Measurement,
  type MonitorSubject,
} from '../monitor.js';
import { windowRules } from '../statistics/drift/window-rules.js';
import { correctedQuantile } from '../statistics/special/normal.js';
import { wilsonInterval, Z_95 } from '../statistics/wilson-interval.js';
import { createDetectionWindow, OTHER, type CurrentDetections } from './detection-window.js';
import { detectionsSettings, type DetectionsSettings } from './detections.settings.js';
import { judgeAspect, type Aspect } from './judge-aspect.js';
import { judgeStages } from './judge-stages.js';
import { watchedColumns } from './watched-columns.js';

const MAX_CLASSES = 100;
/** Five bounds at 0.1 % each are judged window after window. */
const Z_BOUND = 3.290526731491926;

const one = (name: string, unit: string | null, help: string) => ({ name, unit, help, labels: [] });

/** Measures what is found per picture, by class; findings `empty`, `per-image`, `stages`, `confidence`, `box-size`, `cut`. */
export const detectionsMonitor = defineMonitor({
  name: 'detections',
  title: 'Detections',
  summary: 'What is found in pictures, beside the reference: how much, of which class, how surely, how large',
  tasks: ['detection'],
  inputs: ['prediction'],
  comparesWithReference: true,
  settings: detectionsSettings,
  metrics: [
    one('images_without_detection_ratio', 'ratio', 'Share of pictures in which nothing was found'),
    one('detections_per_image', null, 'Mean number of detections of a picture'),
    { name: 'stage_share', unit: 'ratio', help: 'Share of detections of this class', labels: ['class'] },
    one(
      'detection_confidence_mean',
      'ratio',
      'Mean over pictures of the mean confidence of their detections',
    ),
    one('box_size_mean', 'pixels', 'Mean over pictures of the mean size of their boxes, a root of the area'),
    one('cut_boxes_ratio', 'ratio', 'Share of detections that a tile border cut'),
    one('detection_window_images', null, 'Pictures in the window these are of'),
  ],
  create(chosen, { manifest, reference, comparisons = 1 }) {
    const classes = manifest.classes.slice(0, MAX_CLASSES);
    const window = createDetectionWindow(
      classes,
      watchedColumns(chosen, reference, classes),
      windowRules(chosen, comparisons),
    );
    return {
      update: (events) => {
        for (const event of events) if (event.kind === 'prediction') window.add(event.batch);
      },
      evaluate: (now): Evaluation => {
        const current = window.current(now);
        const state = {
          ...{ isOver: current.isOver, minRows: chosen.minRows },
          pictures: current.boxes.pictures,
        };
        const findings: Finding[] = aspectsOf(current, chosen, { reference, comparisons }).map((aspect) =>
          judgeAspect(aspect, state),
        );
        const { minJensenShannon } = chosen;
        const stages = judgeStages(current, { ...state, classes, reference, minJensenShannon });
        return {
          measurements: measure(current, [...classes, OTHER]),
          findings: [...findings, stages],
          window: current.span,
        };
      },
      snapshot: () => window.snapshot(),
      restore: (state) => {
        window.restore(state);
      },
    };
  },
});

/** One number each; what is judged by the reference is what one picture counts for, so that boxes of one weigh as one. */
function aspectsOf(
  { boxes, columns }: CurrentDetections,
  chosen: DetectionsSettings,
  { reference, comparisons }: Pick<MonitorSubject, 'reference' | 'comparisons'>,
): Aspect[] {
  const { pictures, empty, perImage, confidence, boxSize, cut } = boxes;
  const z = correctedQuantile(Z_BOUND, comparisons);
  // The intervals of means and of shares of boxes are near normal where 30 pictures and more are judged.
  const widen = (measured: { value: number; lower: number; upper: number } | undefined) =>
    measured && {
      lower: measured.value - ((measured.value - measured.lower) * z) / Z_95,
      upper: measured.value + ((measured.upper - measured.value) * z) / Z_95,
    };
  const meanOf = (name: string) => {
    const profile = columns.get(name)?.column.reference;
    return profile?.kind === 'numeric' ? profile.mean : undefined;
  };
  const referenceShare = (name: string, category: string) => {
    const profile = reference?.outputs[name];
    return profile?.kind === 'category' && profile.count > 0
      ? (profile.counts[category] ?? 0) / profile.count
      : undefined;
  };
  const byMean = (name: string, measured: Aspect['measured']) => ({
    ...{ compared: columns.get(name), referenceValue: meanOf(name), measured, strict: widen(measured) },
  });
  return [
    {
      ...{ key: 'empty', title: 'the share of pictures without any detection', isShare: true },
      measured:
        pictures === 0
          ? undefined
          : { value: empty / pictures, n: pictures, ...wilsonInterval(empty, pictures) },
      strict: wilsonInterval(empty, pictures, z),
      compared: columns.get('has_detection'),
      referenceValue: referenceShare('has_detection', 'false'),
      bounds: { most: chosen.maxEmptyRatio },
      settings: '"maxEmptyRatio"',
    },
    {
      ...{ key: 'per-image', title: 'the mean number of detections of a picture' },
      ...byMean('detections_per_image', perImage),
      bounds: { least: chosen.minPerImage, most: chosen.maxPerImage },
      settings: '"minPerImage" or "maxPerImage"',
    },
    {
      ...{ key: 'confidence', title: 'the mean confidence of a picture' },
      ...byMean('image_confidence', confidence),
      bounds: { least: chosen.minConfidence },
      settings: '"minConfidence"',
    },
    {
      ...{ key: 'box-size', title: 'the mean box size of a picture' },
      ...byMean('image_box_size', boxSize),
      ...{ bounds: {}, settings: '' },
    },
    {
      ...{ key: 'cut', title: 'the share of boxes cut by a tile border', isShare: true },
      ...byMean('image_cut', cut && { ...cut, n: pictures - empty }),
      referenceValue: referenceShare('cut', 'true'),
      bounds: { most: chosen.maxCutRatio },
      settings: '"maxCutRatio"',
    },
  ];
}

function measure({ boxes, span }: CurrentDetections, classes: readonly string[]): Measurement[] {
  const { pictures, empty, perImage, confidence, boxSize, cut, shares } = boxes;
  if (pictures === 0) return [];
  const number = (
    name: string,
    value: number | undefined,
    n: number,
    unit: string | null,
    labels: Record<string, string> = {},
  ): Measurement[] => (value === undefined ? [] : [{ name, labels, unit, value, n }]);
  const ofPictures = pictures - empty;
  return [
    ...number('images_without_detection_ratio', empty / pictures, pictures, 'ratio'),
    ...number('detections_per_image', perImage?.value, pictures, null),
    ...number('detection_confidence_mean', confidence?.value, ofPictures, 'ratio'),
    ...number('box_size_mean', boxSize?.value, ofPictures, 'pixels'),
    ...number('cut_boxes_ratio', cut?.value, boxes.boxes, 'ratio'),
    ...number('detection_window_images', span.n, span.n, null),
    ...classes.flatMap((name, i) => {
      const value = shares[i]?.value;
      const isShown = value !== undefined && (name !== OTHER || value > 0);
      return isShown ? number('stage_share', value, boxes.boxes, 'ratio', { class: name }) : [];
    }),
  ];
}

// The traffic of a detector of pictures.
import type { FeedbackBatch, MonitorEvent } from '../../../src/monitors/monitor.js';
import { createRandom, type Random } from '../../../src/training/random.js';
import {
  ALL_WRONG,
  detectionBatch,
  detectorSubject,
  drawScenes,
  truthOf,
  type Scene,
} from '../detector-batches.js';
import { hostilePictures } from './hostile-pictures.js';
import type { ModelTraffic } from './model-traffic.js';
import { oddEvents } from './odd-events.js';
import { oddPictures } from './odd-pictures.js';
import { lateLabels, secondsOf, START_MS } from './timing.js';

const ROWS = 10;
/** Ordinary pictures take 20 ms. */
const LATE_MS = 7000;

/** A detector of trees, as very different scenes show them. */
export function pictureTraffic(): ModelTraffic {
  const seconds = (random: Random, kind: 'ordinary' | 'wrong') =>
    secondsOf(kind).flatMap((at): MonitorEvent[] => {
      const scenes = drawScenes(random, ROWS, kind === 'wrong' ? ALL_WRONG : {});
      if (kind === 'ordinary') return given(eventsAt(at, scenes));
      const failing = scenes.map((scene) => ({ ...scene, failed: random.chance(0.3) }));
      const { made, labelled } = eventsAt(at, failing);
      const receivedAt = made.batch.ids.map(() => at - LATE_MS);
      return given({ made: { ...made, batch: { ...made.batch, receivedAt } }, labelled });
    });
  return {
    subject: detectorSubject({
      reference: drawScenes(createRandom(43), 1000),
      evaluation: { map50: 0.75, rows: 1000 },
    }),
    bare: detectorSubject(),
    ordinary: (batches) => {
      const random = createRandom(7);
      return lateLabels(batches, random, (at, labelledAt) => {
        const scenes = drawScenes(random, 1 + random.integer(4));
        return eventsAt(
          at,
          scenes.map((scene) => ({ ...scene, failed: random.chance(0.02) })),
          labelledAt,
        );
      });
    },
    shift: () => {
      const random = createRandom(44);
      return { ordinary: seconds(random, 'ordinary'), wrong: seconds(random, 'wrong') };
    },
    odd: oddEvents(eventsAt(START_MS, drawScenes(createRandom(9), 3)), oddPictures),
    crowd: () => {
      const scenes = drawScenes(createRandom(5), 20, ALL_WRONG);
      return Array.from({ length: 500 }, (_, i): MonitorEvent[] => {
        const strange = scenes.map((scene, row) => ({
          ...scene,
          detections: scene.detections.map((one, k) => ({ ...one, label: `label-${i}-${row}-${k}` })),
        }));
        return given(eventsAt(START_MS + i * 997, strange));
      }).flat();
    },
    hostile: hostilePictures(),
  };
}

function given({ made, labelled }: ReturnType<typeof eventsAt>): MonitorEvent[] {
  return labelled === undefined ? [made] : [made, labelled];
}

function eventsAt(at: number, scenes: readonly Scene[], labelledAt = at) {
  const batch = detectionBatch(at, scenes);
  const rows = new Map(batch.ids.map((id, row) => [id, row]));
  const { items, ...told } = truthOf(batch, scenes);
  const labels: FeedbackBatch = {
    ...{ ...told, receivedAt: labelledAt },
    items: items.map((item) => {
      const row = rows.get(item.predictionId) ?? -1;
      const region = String(batch.requests[row]?.metadata?.['region']);
      const predictedAt = batch.receivedAt[row] ?? item.predictedAt;
      return { ...item, predictedAt, segments: { 'metadata.region': region } };
    }),
  };
  return {
    made: { kind: 'prediction', batch } as const,
    labelled: items.length === 0 ? undefined : ({ kind: 'feedback', batch: labels } as const),
  };
}

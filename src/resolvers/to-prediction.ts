// A prediction record as the API shows it.
import { boxOnMap } from '../events/box-on-map.js';
import type { Picture } from '../events/picture.js';
import type { PredictionRecord } from '../events/prediction-record.js';
import type { Prediction } from '../schema/prediction.type.js';
import type { Plain } from '../schema/plain.js';
import type { StoredFeedback } from '../store/store.js';

/** Times become Date; a record that comes from the queue rather than the log has no feedback yet. */
export function toPrediction(
  record: PredictionRecord & { readonly feedback?: StoredFeedback | null },
): Plain<Prediction> {
  const feedback = record.feedback ?? null;
  return {
    id: record.id,
    model: record.model,
    version: record.version,
    status: record.status,
    label: record.label,
    value: record.value,
    confidence: record.confidence,
    probabilities: record.probabilities,
    detections: toDetections(record),
    picture: record.picture && toPicture(record.id, record.picture),
    features: record.features,
    warnings: record.warnings,
    createdAt: new Date(record.createdAt),
    timings: record.timings,
    feedback: feedback && {
      label: feedback.label,
      value: feedback.value,
      // What is known to be there is as sure as can be.
      detections: feedback.detections?.map((truth) => ({ ...truth, confidence: 1 })) ?? null,
      receivedAt: new Date(feedback.receivedAt),
    },
    error: record.error,
  };
}

function toDetections({
  detections,
  picture,
}: Pick<PredictionRecord, 'detections' | 'picture'>): Plain<Prediction>['detections'] {
  const geo = picture?.geo;
  if (detections === null || geo === undefined) return detections;
  return detections.map((detection) => ({ ...detection, mapBox: boxOnMap(detection.box, geo) }));
}

function toPicture(id: string, { geo, ...picture }: Picture): Plain<Prediction>['picture'] {
  return { ...picture, coordinateReferenceSystem: geo?.crs ?? null, url: `/predictions/${id}/image` };
}

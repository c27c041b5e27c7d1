// Reads an entry of a prediction, feedback or resource stream as an event for monitors.
import { FIELD, type Codec } from '../events/codec.js';
import { feedbackBatchCodec } from '../events/feedback-batch.js';
import { predictionBatchCodec } from '../events/prediction-codec.js';
import { resourceSampleCodec } from '../events/resource-sample.js';
import type { MonitorEvent } from './monitor.js';

/** The contracts share no entry: predictions carry ids of rows, feedback carries items, samples a process. */
export const monitorEventCodec: Pick<Codec<MonitorEvent>, 'decode'> = {
  decode: (event) => {
    // In JSON is what is told of predictions; they themselves were only before they were packed.
    const feedback = event[0] === FIELD.json ? feedbackBatchCodec.decode(event) : undefined;
    if (feedback?.ok === true) return { ok: true, value: { kind: 'feedback', batch: feedback.value } };
    const sample = event[0] === FIELD.json ? resourceSampleCodec.decode(event) : undefined;
    if (sample?.ok === true) return { ok: true, value: { kind: 'resource', sample: sample.value } };
    const prediction = predictionBatchCodec.decode(event);
    return prediction.ok ? { ok: true, value: { kind: 'prediction', batch: prediction.value } } : prediction;
  },
};

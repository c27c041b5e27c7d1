// The contract of a feedback stream: true labels or values for predictions made earlier.
import { z } from 'zod';
import { jsonCodec } from './codec.js';
import { detectionSchema, trueBoxSchema } from './picture.js';

/** One entry: the true labels or values that one request brought; `receivedAt` in epoch ms. */
const feedbackBatchSchema = z.object({
  v: z.literal(1),
  model: z.string(),
  receivedAt: z.number(),
  items: z
    .array(
      z.object({
        /** Sortable, unique: the key under which this feedback is recorded once. */
        id: z.string(),
        predictionId: z.string(),
        version: z.int(),
        /** Epoch ms of the prediction, so that monitors can put a late label in the window of its prediction. */
        predictedAt: z.number(),
        predicted: z.object({
          label: z.string().optional(),
          value: z.number().optional(),
          detections: z.array(detectionSchema).optional(),
        }),
        truth: z.object({
          label: z.string().optional(),
          value: z.number().optional(),
          /** Everything that is there; an empty list says that nothing is. */
          detections: z.array(trueBoxSchema).optional(),
        }),
        /** By each `segmentBy` of the model's monitors, the segment of the prediction; so labels may come late. */
        segments: z.record(z.string(), z.string()).optional(),
      }),
    )
    .min(1),
});

/** Hand it to whoever writes or reads `feedback`. */
export const feedbackBatchCodec = jsonCodec(feedbackBatchSchema);

export type FeedbackBatch = z.infer<typeof feedbackBatchSchema>;
export type FeedbackItem = FeedbackBatch['items'][number];

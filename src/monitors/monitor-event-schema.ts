// Reads an entry of a prediction or feedback stream as an event for monitors.
import { z } from 'zod';
import { feedbackBatchSchema } from '../events/feedback-batch.js';
import { predictionBatchSchema } from '../events/prediction-batch.js';
import type { MonitorEvent } from './monitor.js';

/** The two contracts share no entry: predictions carry `ids`, feedback carries `items`. */
export const monitorEventSchema: z.ZodType<MonitorEvent> = z.union([
  predictionBatchSchema.transform((batch) => ({ kind: 'prediction' as const, batch })),
  feedbackBatchSchema.transform((batch) => ({ kind: 'feedback' as const, batch })),
]);

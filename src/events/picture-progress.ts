// The contract of a progress stream: how far a picture is, for whoever watches just now.
import { z } from 'zod';
import { jsonCodec } from './codec.js';
import { detectionSchema } from './picture.js';

const pictureProgressSchema = z.object({
  v: z.literal(1),
  /** Of the prediction. */
  id: z.string(),
  model: z.string(),
  status: z.enum(['running', 'completed', 'failed']),
  /** In tiles. */
  done: z.int().nonnegative(),
  total: z.int().nonnegative(),
  /** What was found so far, best first. */
  detections: z.array(detectionSchema),
});

/** Hand it to whoever writes or reads `progress`. */
export const pictureProgressCodec = jsonCodec(pictureProgressSchema);

export type PictureProgressEvent = z.infer<typeof pictureProgressSchema>;

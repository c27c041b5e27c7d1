// What is known of one picture and of what was found in it; part of the contracts of predictions and feedback.
import { z } from 'zod';

/** Pixels of the upright picture, its top left corner the origin. */
export const boxSchema = z.object({ x: z.number(), y: z.number(), width: z.number(), height: z.number() });

/** One thing that was found. */
export const detectionSchema = z.object({
  label: z.string(),
  /** 0 to 1. */
  confidence: z.number(),
  box: boxSchema,
  /** Whether the thing reaches beyond what one tile showed of it, so that its box is joined or cut off. */
  cut: z.boolean().optional(),
});

/** One thing that is truly there. */
export const trueBoxSchema = z.object({ label: z.string(), box: boxSchema });

/** From pixels to a map: `X = a x + b y + c`, `Y = d x + e y + f` for the pixel corner `x`, `y` of the upright picture. */
const geoSchema = z.object({
  transform: z.tuple([z.number(), z.number(), z.number(), z.number(), z.number(), z.number()]),
  /** The coordinate reference system as `EPSG:32631`, where the file names one. */
  crs: z.string().optional(),
});

/** A picture as it was served; `src/pictures/README.md` has the definitions of its qualities. */
export const pictureSchema = z.object({
  /** Upright, in pixels. */
  width: z.number(),
  height: z.number(),
  format: z.string(),
  sizeBytes: z.number(),
  /** Hexadecimal, of the file. */
  sha256: z.string(),
  /** How many tensors it became. */
  tiles: z.number(),
  /** Mean luma, 0 to 1. */
  brightness: z.number(),
  /** Standard deviation of luma, 0 to 0.5. */
  contrast: z.number(),
  /** Mean saturation (HSV), 0 to 1. */
  saturation: z.number(),
  /** Variance of the Laplacian of luma (0 to 255): the lower, the more blurred. */
  sharpness: z.number(),
  geo: geoSchema.optional(),
});

export type Box = z.infer<typeof boxSchema>;
export type Detection = z.infer<typeof detectionSchema>;
export type TrueBox = z.infer<typeof trueBoxSchema>;
export type Geo = z.infer<typeof geoSchema>;
export type Picture = z.infer<typeof pictureSchema>;
/** The qualities of a picture that monitors compare. */
export type PictureQuality = Pick<Picture, 'brightness' | 'contrast' | 'saturation' | 'sharpness'>;

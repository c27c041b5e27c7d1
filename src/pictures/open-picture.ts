// How every picture is opened: what is allowed, and what becomes of its colours and its errors.
import sharp, { type Sharp } from 'sharp';
import { AppError } from '../errors.js';

/** The grey of 114 that detectors are trained to see beside a picture; also what is laid behind transparent pixels. */
export const PADDING = { r: 114, g: 114, b: 114 } as const;

export interface DecodeLimits {
  /** Width times height. */
  readonly pixels: number;
  readonly seconds: number;
}

/** A file's first picture as it is stored, in 8-bit sRGB over grey; whatever is done with it fails when the file is damaged. */
export function openPicture(path: string, limits: DecodeLimits): Sharp {
  return sharp(path, {
    sequentialRead: true,
    limitInputPixels: limits.pixels,
    // A warning would be too much: many a camera's file has one.
    failOn: 'error',
    unlimited: false,
  })
    .timeout({ seconds: limits.seconds })
    .flatten({ background: PADDING })
    .toColourspace('srgb');
}

// What the machine says of itself, not of the picture.
const OURS = /system error|Input file is missing/;

/** The error of a picture that could not be decoded: IMAGE_REJECTED, unless the fault is this machine's. */
export function decodeError(error: unknown): Error {
  if (!(error instanceof Error)) return new Error('decoding failed', { cause: error });
  return OURS.test(error.message)
    ? error
    : new AppError('IMAGE_REJECTED', sentenceOf(error.message), { cause: error });
}

function sentenceOf(message: string): string {
  if (message.includes('pixel limit')) return 'The picture has more pixels than this server accepts.';
  if (message.includes('timeout')) return 'The picture takes longer to decode than this server allows.';
  if (/unsupported image format|channel limit|must have 1 or/.test(message))
    return 'The picture is of a kind that this server cannot read.';
  return 'The picture cannot be decoded: the file is damaged or cut short.';
}

// What the reader of each format's headers finds out, and the bounds that hold for all of them.

export interface PictureHeader {
  /** As stored, in pixels, before any orientation. */
  readonly width: number;
  readonly height: number;
  /** Whether the picture has to be held whole in memory to be decoded, instead of row by row or tile by tile. */
  readonly wholeInMemory: boolean;
}

/** What a file may hold beside its pixels: decoders keep all of it in memory. */
export const MAX_METADATA_BYTES = 32 * 1024 * 1024;

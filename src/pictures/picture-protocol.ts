// What the main thread and the picture thread say to each other: pictures go in, tiles come out and go back as outputs.
import type { Detection, Picture } from '../events/picture.js';
import type { DetectionLayout, ImageSpec, PictureInput } from '../manifest/image-spec.js';
import type { OutputTensor } from './decode-boxes.js';

/** The values of one tile, in the order of the input's axes. */
export type Tile = Float32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>;

/** A picture file as it was found to be. */
export interface PictureFile {
  readonly path: string;
  readonly format: string;
  readonly sizeBytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
  /** Upright, in pixels. */
  readonly width: number;
  readonly height: number;
  /** Of EXIF, 1 to 8. */
  readonly orientation: number;
}

/** What is to become of one picture. */
export interface PictureJob {
  readonly file: PictureFile;
  /** With the bounds of this request. */
  readonly image: ImageSpec;
  readonly input: PictureInput;
  readonly classes: readonly string[];
  /** Undefined for a model of whole pictures. */
  readonly layout: DetectionLayout | undefined;
  /** Where the decoded picture lies while it is worked on. */
  readonly rawPath: string;
  /** Where the annotated picture is to be written, if it is. */
  readonly annotatedPath: string | undefined;
}

export interface PictureResult {
  readonly picture: Picture;
  /** Best first; of a detector. */
  readonly detections: readonly Detection[] | undefined;
  /** The row the model answered, of a model of whole pictures. */
  readonly values: readonly number[] | undefined;
}

export interface PictureProgress {
  readonly done: number;
  readonly total: number;
  readonly detections: readonly Detection[];
}

/** Why tiles were not run. */
export interface TileFailure {
  /** Of the catalogue. */
  readonly code: string;
  readonly message: string;
  /** Whether they would fare no better alone. */
  readonly final: boolean;
}

/** Which tile of which picture. */
export interface TilePlace {
  readonly picture: number;
  readonly tile: number;
}

/** `workerData` of the picture thread. */
export interface PictureThreadSettings {
  /** Tiles under way at once, of all pictures together. */
  readonly maxTiles: number;
}

export type ToPictureThread =
  | { readonly kind: 'start'; readonly picture: number; readonly job: PictureJob }
  | {
      readonly kind: 'ran';
      /** Row `i` of every output is that of `places[i]`. */
      readonly places: readonly TilePlace[];
      readonly outputs: readonly OutputTensor[];
      /** Memory of tiles that is free again. */
      readonly tiles: readonly Tile[];
    }
  | { readonly kind: 'failed'; readonly places: readonly TilePlace[]; readonly failure: TileFailure }
  | { readonly kind: 'cancel'; readonly picture: number }
  | { readonly kind: 'close' };

export type FromPictureThread =
  | {
      readonly kind: 'tile';
      readonly place: TilePlace;
      readonly values: Tile;
      /** It failed beside others, and is to be tried without them. */
      readonly alone: boolean;
    }
  | { readonly kind: 'progress'; readonly picture: number; readonly progress: PictureProgress }
  | { readonly kind: 'done'; readonly picture: number; readonly result: PictureResult }
  | {
      readonly kind: 'given-up';
      readonly picture: number;
      /** Of the catalogue. */
      readonly code: string;
      readonly message: string;
      /** For the log, where it was not expected. */
      readonly detail: string | undefined;
    };

// What a scene is: a picture of ground seen from above, and the orange trees in it.

/** Growth stages in the order of the model's classes. */
export const STAGES = ['young', 'mature', 'flowering', 'fruiting'] as const;
export type Stage = (typeof STAGES)[number];

/** A rectangle in pixels; x and y are its top left corner. */
export interface PixelBox {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** An orange tree and the box of its visible crown, clipped to the picture. */
export interface LabelledTree {
  readonly label: Stage;
  readonly box: PixelBox;
}

/** A rendered picture, RGB row by row from the top, and its orange trees; all other things in it bear no label. */
export interface Scene {
  readonly width: number;
  readonly height: number;
  readonly rgb: Uint8Array;
  readonly trees: readonly LabelledTree[];
  readonly metresPerPixel: number;
}

/** What scenes are to be like; everything else about them is drawn at random. */
export interface SceneOptions {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** How often each stage occurs, as weights: the season. */
  readonly stageShares: Readonly<Record<Stage, number>>;
  /** Share of scenes without any orange tree. */
  readonly emptyShare: number;
  /** 0 by day to 1 at dusk: darker, warmer, with longer shadows. */
  readonly dusk: number;
  /** Standard deviation in pixels of a blur on top of the usual one. */
  readonly blur: number;
  /** Nothing but bare soil: nothing grows or stands on it. */
  readonly bareSoil: boolean;
}

/** The mix that the detector is trained on and compared with. */
export const REFERENCE_SCENES: SceneOptions = {
  width: 512,
  height: 512,
  stageShares: { young: 0.25, mature: 0.25, flowering: 0.25, fruiting: 0.25 },
  emptyShare: 0.1,
  dusk: 0,
  blur: 0,
  bareSoil: false,
};

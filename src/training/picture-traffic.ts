// Live traffic of pictures for one detector, for simulators.

/** A thing that is in a picture; the box in pixels, `x` and `y` its top left corner. */
export interface TrueThing {
  readonly label: string;
  readonly box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
}

/** A picture as it arrives, and everything that is to be found in it. */
export interface DrawnPicture {
  readonly bytes: Uint8Array;
  readonly contentType: string;
  readonly truth: readonly TrueThing[];
}

/** What can be bent about a source of pictures, by name. */
export type Knobs = Readonly<Record<string, number | string>>;

/** A source of pictures; seeded, and never dry. */
export interface PictureTraffic {
  /** Everything that can be bent, as it usually is. */
  readonly knobs: Knobs;
  /** Throws an Error that names the knob and says what it takes. */
  draw(knobs: Knobs): Promise<DrawnPicture>;
}

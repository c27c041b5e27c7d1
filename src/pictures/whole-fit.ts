// How a whole picture is made to fit a model's input.
import type { ImageSpec } from '../manifest/image-spec.js';
import type { TileFrame } from './found-boxes.js';
import type { Size } from './orientation.js';

/** First the picture is made to have `scaled` pixels; of these the rectangle at `left`, `top` is seen, or what is there of it. */
export interface WholeFit {
  readonly scaled: Size;
  /** Negative where there is less than the input takes, and grey beside it. */
  readonly left: number;
  readonly top: number;
  /** From pixels of the input back to those of the picture. */
  readonly frame: TileFrame;
}

/** All upright; sizes in pixels. */
export function wholeFit({ fit, cropFrom }: ImageSpec, picture: Size, input: Size): WholeFit {
  const [x, y] = [input.width / picture.width, input.height / picture.height];
  switch (fit) {
    case 'letterbox':
      return centred(picture, input, Math.min(x, y), Math.min(x, y));
    case 'crop':
      return centred(picture, input, cropFrom * Math.max(x, y), cropFrom * Math.max(x, y));
    case 'stretch':
    case 'tiles':
      return centred(picture, input, x, y);
  }
}

function centred(picture: Size, input: Size, scaleX: number, scaleY: number): WholeFit {
  const width = Math.max(1, Math.round(picture.width * scaleX));
  const height = Math.max(1, Math.round(picture.height * scaleY));
  const left = Math.floor((width - input.width) / 2);
  const top = Math.floor((height - input.height) / 2);
  const [backX, backY] = [picture.width / width, picture.height / height];
  return {
    scaled: { width, height },
    left,
    top,
    frame: { x: left * backX, y: top * backY, scaleX: backX, scaleY: backY },
  };
}

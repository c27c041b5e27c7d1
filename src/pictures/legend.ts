// The words below an annotated picture: which colour is which class, and how many there are of each.
import { createRequire } from 'node:module';
import sharp from 'sharp';
import { colourOf } from './class-colours.js';

/** A picture of text, PNG with alpha. */
export interface Legend {
  readonly png: Buffer;
  readonly width: number;
  readonly height: number;
}

const MOST_CLASSES = 12;
const MOST_LETTERS = 32;

/**
 * The legend, at most `width` by `height` pixels, in letters of `letter` pixels or smaller: every class with its number among `labels`, if there
 * are at most twelve, otherwise the twelve most frequent and the number of the rest; then the total. Drawn with a font of its own, so
 * that the machine needs none.
 */
export async function drawLegend(
  classes: readonly string[],
  labels: Uint16Array,
  room: { readonly width: number; readonly height: number; readonly letter: number },
): Promise<Legend> {
  const draw = (letter: number) =>
    sharp({
      text: {
        text: legendMarkup(classes, labels),
        font: `DejaVu Sans ${letter}`,
        fontfile: FONT_FILE,
        // At 72 dots an inch a point is a pixel.
        dpi: 72,
        rgba: true,
        width: room.width,
        spacing: Math.round(letter / 3),
      },
    })
      .png()
      .toBuffer({ resolveWithObject: true });
  let letter = room.letter;
  let { data, info } = await draw(letter);
  while (letter > 6 && (info.height > room.height || info.width > room.width)) {
    letter -= 2;
    ({ data, info } = await draw(letter));
  }
  if (info.height <= room.height && info.width <= room.width)
    return { png: data, width: info.width, height: info.height };
  const [width, height] = [Math.min(info.width, room.width), Math.min(info.height, room.height)];
  return {
    png: await sharp(data).extract({ left: 0, top: 0, width, height }).png().toBuffer(),
    width,
    height,
  };
}

const require = createRequire(import.meta.url);
const FONT_FILE = require.resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf');

/** What the legend says, in Pango's markup; an entry is not broken at the end of a line. */
export function legendMarkup(classes: readonly string[], labels: Uint16Array): string {
  const counts = new Array<number>(classes.length).fill(0);
  for (const label of labels) counts[label] = (counts[label] ?? 0) + 1;
  const all = classes.map((name, label) => ({ name, label, count: counts[label] ?? 0 }));
  const shown =
    all.length <= MOST_CLASSES ? all : all.toSorted((a, b) => b.count - a.count).slice(0, MOST_CLASSES);
  const others = labels.length - shown.reduce((sum, { count }) => sum + count, 0);
  const entries = shown.map(
    ({ name, label, count }) =>
      `<span foreground="${hexOf(label)}">■</span>${NO_BREAK}${escapeMarkup(shorten(name))}${NO_BREAK}<b>${count}</b>`,
  );
  if (all.length > MOST_CLASSES) entries.push(`others${NO_BREAK}<b>${others}</b>`);
  entries.push(`total${NO_BREAK}<b>${labels.length}</b>`);
  return `<span foreground="#ffffff">${entries.join('    ')}</span>`;
}

const NO_BREAK = '\u00a0';

function hexOf(label: number): string {
  return `#${colourOf(label)
    .map((value) => value.toString(16).padStart(2, '0'))
    .join('')}`;
}

function shorten(name: string): string {
  const letters = Array.from(name);
  return letters.length <= MOST_LETTERS ? name : `${letters.slice(0, MOST_LETTERS - 1).join('')}…`;
}

function escapeMarkup(text: string): string {
  return (
    text
      // Pango refuses control characters, which XML does not have.
      .replace(/[\p{Cc}\p{Cs}\ufffe\uffff]/gu, ' ')
      .replace(/&/g, '&amp;')
      .replace(/</g, '&lt;')
      .replace(/>/g, '&gt;')
      .replace(/ /g, NO_BREAK)
  );
}

// Rows of a table model, drawn: features of every type with and without ties, what the model answers and what is true.
import type { Random } from '../../../src/training/random.js';

export const CLASSES = ['off', 'on'];

/** One prediction and what is true of it. */
export interface TableRow {
  readonly cells: {
    readonly load: number | null;
    readonly level: number;
    readonly floor: number;
    readonly open: boolean;
    readonly room: string;
    readonly note: string;
  };
  readonly label: string;
  /** Of `label`. */
  readonly confidence: number;
  readonly value: number;
  readonly truth: { readonly label: string; readonly value: number };
  readonly totalMs: number;
  readonly queueMs: number;
  readonly failed: boolean;
  readonly region: string;
}

/** An ordinary row; wrong ones are others, unsure, late, often false or failed, and lack values. */
export function drawRow(random: Random, isWrong: boolean): TableRow {
  const load = random.normal(isWrong ? 8 : 0);
  const confidence = isWrong ? random.uniform(0.5, 0.55) : random.uniform(0.7, 1);
  const label = random.chance(isWrong ? 0.95 : 0.4) ? 'on' : 'off';
  const isRight = random.chance(isWrong ? 0.3 : confidence);
  const value = 20 + 3 * load;
  return {
    cells: {
      load: random.chance(isWrong ? 0.3 : 0.01) ? null : load,
      // Halves, so that deciles lie on values that many rows share.
      level: Math.round(2 * random.normal(isWrong ? 3 : 0)) / 2,
      floor: random.integer(4) + (isWrong ? 3 : 0),
      open: random.chance(isWrong ? 0.9 : 0.3),
      room: isWrong && random.chance(0.9) ? 'cellar' : random.choice(['office', 'kitchen']),
      note: `note ${random.integer(50)}`,
    },
    label,
    confidence,
    value,
    truth: {
      label: isRight ? label : label === 'on' ? 'off' : 'on',
      value: value + random.normal(isWrong ? 9 : 0, 2),
    },
    totalMs: isWrong ? random.uniform(5000, 9000) : random.uniform(5, 40),
    queueMs: random.uniform(0, 5),
    failed: random.chance(isWrong ? 0.3 : 0.01),
    region: random.choice(['north', 'south', 'west'], [4, 3, 2]),
  };
}

/** So many rows of one kind. */
export function drawRows(random: Random, count: number, isWrong = false): TableRow[] {
  return Array.from({ length: count }, () => drawRow(random, isWrong));
}

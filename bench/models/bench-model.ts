// A model to be asked, and rows to ask it with.
import { createRandom } from '../../src/training/random.js';

/** A feature with the range its values are drawn from. */
export interface BenchFeature {
  readonly name: string;
  readonly min: number;
  readonly max: number;
}

export interface BenchModel {
  readonly name: string;
  readonly title: string;
  readonly features: readonly BenchFeature[];
}

/** So many rows, the same for the same seed; values have two decimals, as people's measurements have. */
export function drawRows(
  { features }: Pick<BenchModel, 'features'>,
  count: number,
  seed: number,
): Record<string, number>[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, () =>
    Object.fromEntries(
      features.map(({ name, min, max }) => [name, Math.round(random.uniform(min, max) * 100) / 100]),
    ),
  );
}

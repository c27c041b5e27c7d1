// From features to the numbers a network takes: the same steps the exported graph performs.
import type { FeatureSpec, ModelManifest } from '../manifest/model-manifest.js';
import type { Instance } from './instance.js';
import { roundTo } from './rounding.js';

/** A tensor of numbers: each column is standardised, a missing one becomes its mean, and the rest is kept within `CLIP`. */
export interface NumericInput {
  readonly kind: 'numeric';
  readonly tensor: string;
  readonly columns: readonly { readonly feature: string; readonly mean: number; readonly std: number }[];
}

/** A tensor of one string column, which becomes one column of 0 or 1 per category; all 0 for an unknown one. */
export interface CategoryInput {
  readonly kind: 'category';
  readonly tensor: string;
  readonly feature: string;
  readonly categories: readonly string[];
}

export type PreparedInput = NumericInput | CategoryInput;

/** Standard deviations from the mean beyond which a value says nothing new; keeps wild values from saturating a model. */
export const CLIP = 10;

/** Learns means and standard deviations (ddof 0) from data; throws on features that cannot be turned into numbers. */
export function fitPreprocessing(
  manifest: Pick<ModelManifest, 'features' | 'inputs'>,
  data: readonly Instance[],
): readonly PreparedInput[] {
  const byName = new Map(manifest.features.map((feature) => [feature.name, feature]));
  return manifest.inputs.map((input) => {
    const features = input.features.flatMap((name) => byName.get(name) ?? []);
    if (features.every(isNumeric))
      return {
        kind: 'numeric',
        tensor: input.tensor,
        columns: features.map((feature) => fitColumn(feature.name, data)),
      };
    const [first] = features;
    if (features.length === 1 && first?.type === 'category')
      return {
        kind: 'category',
        tensor: input.tensor,
        feature: first.name,
        categories: first.categories ?? [],
      };
    throw new TypeError(`tensor "${input.tensor}" must hold numeric features only, or one category feature`);
  });
}

/** The numbers of one instance, in the order of the inputs and their columns. */
export function prepare(inputs: readonly PreparedInput[], features: Instance['features']): Float64Array {
  return Float64Array.from(
    inputs.flatMap((input) =>
      input.kind === 'numeric'
        ? input.columns.map((column) => standardise(features[column.feature], column))
        : input.categories.map((category) => (features[input.feature] === category ? 1 : 0)),
    ),
  );
}

/** How many numbers `prepare` makes of one instance. */
export function preparedWidth(inputs: readonly PreparedInput[]): number {
  return inputs.reduce(
    (width, input) => width + (input.kind === 'numeric' ? input.columns.length : input.categories.length),
    0,
  );
}

function isNumeric(feature: FeatureSpec): boolean {
  return feature.type === 'number' || feature.type === 'integer';
}

function fitColumn(feature: string, data: readonly Instance[]): NumericInput['columns'][number] {
  const values = data.map((instance) => Number(instance.features[feature])).filter(Number.isFinite);
  if (values.length === 0) throw new RangeError(`feature "${feature}" has no value in the data`);
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length;
  const std = roundTo(Math.sqrt(variance), 6);
  // A constant column tells nothing; dividing by 1 leaves it at 0.
  return { feature, mean: roundTo(mean, 6), std: std === 0 ? 1 : std };
}

function standardise(value: number | string | undefined, column: { mean: number; std: number }): number {
  const z = (Number(value) - column.mean) / column.std;
  return Number.isNaN(z) ? 0 : Math.min(CLIP, Math.max(-CLIP, z));
}

// Feature columns to row-major tensor values, in the main thread, where the manifest is known.
import type { Cell, FeatureColumns } from '../events/prediction-batch.js';
import type { FeatureSpec, ModelManifest } from '../manifest/model-manifest.js';
import type { InputPlan, TensorValues } from './thread-protocol.js';

/** The manifest's inputs as a thread needs them. Throws for features of a type that fills no tensor column. */
export function planInputs(manifest: ModelManifest): InputPlan[] {
  return manifest.inputs.map((input) => {
    const kinds = new Set(input.features.map((name) => kindOf(featureOf(manifest, name))));
    const [kind] = kinds;
    if (kind === undefined || kinds.size > 1)
      throw new Error(`tensor "${input.tensor}" cannot hold both numbers and strings`);
    return { ...input, kind };
  });
}

/**
 * The values of each planned tensor, `[rows, features]` row-major. A missing value is NaN among numbers and '' among
 * strings, booleans are 0 and 1. Throws an error naming the feature when a column or a value does not fit.
 */
export function packTensors(
  manifest: ModelManifest,
  inputs: readonly InputPlan[],
  columns: FeatureColumns,
  rows: number,
): TensorValues[] {
  return inputs.map((input) => {
    const width = input.features.length;
    const packed = input.kind === 'strings' ? emptyStrings(rows * width) : new Float64Array(rows * width);
    input.features.forEach((name, at) => {
      const feature = featureOf(manifest, name);
      const column = Object.hasOwn(columns, name) ? columns[name] : undefined;
      if (column !== undefined && column.length !== rows)
        throw new Error(`feature "${name}" has ${column.length} values for ${rows} rows`);
      for (let row = 0; row < rows; row++) {
        const cell = column?.[row] ?? null;
        if (cell === null && feature.required) throw new Error(`feature "${name}" is missing in row ${row}`);
        if (Array.isArray(packed)) packed[row * width + at] = toText(cell, name);
        else packed[row * width + at] = toNumber(cell, name);
      }
    });
    return packed;
  });
}

function featureOf(manifest: ModelManifest, name: string): FeatureSpec {
  const feature = manifest.features.find((f) => f.name === name);
  if (feature === undefined) throw new Error(`"${name}" is not a feature of ${manifest.name}`);
  return feature;
}

function kindOf(feature: FeatureSpec): InputPlan['kind'] {
  switch (feature.type) {
    case 'number':
    case 'integer':
    case 'boolean':
      return 'numbers';
    case 'category':
    case 'text':
      return 'strings';
    case 'image':
      throw new Error(`feature "${feature.name}" is an image, which cannot fill a tensor column`);
  }
}

function emptyStrings(length: number): string[] {
  return Array.from({ length }, () => '');
}

function toNumber(cell: Cell, name: string): number {
  if (cell === null) return Number.NaN;
  if (typeof cell === 'string') throw new Error(`feature "${name}" holds a string, its tensor takes numbers`);
  return Number(cell);
}

function toText(cell: Cell, name: string): string {
  if (cell === null) return '';
  if (typeof cell !== 'string')
    throw new Error(`feature "${name}" holds a ${typeof cell}, its tensor takes strings`);
  return cell;
}

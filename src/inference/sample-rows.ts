// Rows a session is warmed with: plausible values out of the manifest.
import type { Cell, FeatureColumns } from '../events/prediction-batch.js';
import type { FeatureSpec, ModelManifest } from '../manifest/model-manifest.js';

/** Columns of `rows` equal rows: each feature's example, else its middle, first category or zero. */
export function sampleRows(manifest: ModelManifest, rows: number): FeatureColumns {
  return Object.fromEntries(
    manifest.features.map((f) => [f.name, Array.from({ length: rows }, () => sampleCell(f))]),
  );
}

function sampleCell(feature: FeatureSpec): Cell {
  if (feature.example !== undefined) return feature.example;
  switch (feature.type) {
    case 'number':
    case 'integer': {
      const middle = ((feature.min ?? feature.max ?? 0) + (feature.max ?? feature.min ?? 0)) / 2;
      return feature.type === 'integer' ? Math.round(middle) : middle;
    }
    case 'boolean':
      return false;
    case 'category':
      return feature.categories?.[0] ?? '';
    case 'text':
    case 'image':
      return '';
  }
}

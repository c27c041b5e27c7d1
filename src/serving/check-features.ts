// Judges the features of one instance against the manifest before anything is queued.
import type { InputIssue } from '../errors.js';
import type { Cell, Warning } from '../events/prediction-batch.js';
import type { ModelManifest } from '../manifest/model-manifest.js';
import { createValueCheck, echo } from './check-value.js';

type FeatureVerdict =
  | { readonly ok: true; readonly row: Record<string, Cell>; readonly warnings: readonly Warning[] }
  | { readonly ok: false; readonly issues: InputIssue[] };

export type FeatureCheck = (
  features: Readonly<Record<string, unknown>>,
  pathPrefix?: string,
) => FeatureVerdict;

const MAX_ISSUES = 50;
const MAX_NAME_LENGTH = 64;
const NONE: readonly Warning[] = [];

/**
 * Compiles a manifest into its check, which never throws: a row has exactly the manifest's features (null where
 * missing), or every issue is listed, the first fifty of them, with paths such as `features.petal_width`.
 */
export function createFeatureCheck(manifest: ModelManifest): FeatureCheck {
  const checks = manifest.features.map((feature) => ({
    name: feature.name,
    judge: createValueCheck(feature),
  }));
  const known = new Set(checks.map(({ name }) => name));

  return (features, pathPrefix = 'features') => {
    const row: Record<string, Cell> = {};
    // Most rows have none of either, and there may be thousands.
    let warnings: Warning[] | undefined;
    let issues: InputIssue[] | undefined;
    let given = 0;
    for (const { name, judge } of checks) {
      // Own keys only: otherwise a feature named as something every object inherits would never be missing.
      const isGiven = Object.hasOwn(features, name);
      if (isGiven) given++;
      const verdict = judge(isGiven ? features[name] : undefined);
      if ('refused' in verdict) {
        (issues ??= []).push({ path: `${pathPrefix}.${name}`, message: verdict.refused });
        continue;
      }
      row[name] = verdict.cell;
      if (verdict.warning !== undefined)
        (warnings ??= []).push({
          code: verdict.warning.code,
          feature: name,
          message: verdict.warning.message,
        });
    }
    const names = Object.keys(features);
    if (names.length > given) {
      issues ??= [];
      for (const name of names) {
        if (issues.length >= MAX_ISSUES) break;
        if (!known.has(name))
          issues.push({ path: `${pathPrefix}.${echo(name)}`, message: unknownFeature(name, known) });
      }
    }
    return issues === undefined
      ? { ok: true, row, warnings: warnings ?? NONE }
      : { ok: false, issues: issues.slice(0, MAX_ISSUES) };
  };
}

function unknownFeature(name: string, known: ReadonlySet<string>): string {
  const nearest = nearestName(name, known);
  return nearest === undefined
    ? `is not a feature of this model; it has ${[...known].slice(0, 20).join(', ')}`
    : `is not a feature of this model; did you mean "${nearest}"?`;
}

// Two letters in five may be wrong: enough for two swapped in a short name, too few to suggest something unrelated.
function nearestName(name: string, known: ReadonlySet<string>): string | undefined {
  if (name.length > MAX_NAME_LENGTH) return undefined;
  let nearest: string | undefined;
  let least = Math.floor(Math.max(name.length, 3) * 0.4) + 1;
  for (const candidate of known) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < least) [nearest, least] = [candidate, distance];
  }
  return nearest;
}

/** Levenshtein distance by the two-row dynamic programme of Wagner and Fischer (1974). */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const substituted = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      current.push(Math.min(substituted, (previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}

// Compiles one feature's rules into a function that judges one value.
import type { Cell, Warning } from '../events/prediction-batch.js';
import type { FeatureSpec } from '../manifest/model-manifest.js';

/** Accepted as `cell`, perhaps with a warning, or refused with the sentence that says why. */
export type Verdict =
  | {
      readonly cell: Cell;
      readonly warning?: { readonly code: Warning['code']; readonly message: string } | undefined;
    }
  | { readonly refused: string };

/** Judges values of one feature; null and undefined both mean that it is missing. Never throws. */
export function createValueCheck(feature: FeatureSpec): (value: unknown) => Verdict {
  const check = checkOfType(feature);
  const missing: Verdict = feature.required
    ? { refused: `is missing; this model needs ${article(feature.type)} here` }
    : {
        cell: null,
        warning: { code: 'MISSING_VALUE', message: `"${feature.name}" was not given; the model saw a gap` },
      };
  return (value) => (value === null || value === undefined ? missing : check(value));
}

const MAX_TEXT_LENGTH = 10_000;
// Beyond the largest float32 a number would turn into Infinity in the tensor.
const MAX_FLOAT32 = 3.4028234663852886e38;
const MAX_ECHO_LENGTH = 40;
const MAX_LISTED_CATEGORIES = 20;

function checkOfType(feature: FeatureSpec): (value: unknown) => Verdict {
  switch (feature.type) {
    case 'number':
      return createNumberCheck(feature, false);
    case 'integer':
      return createNumberCheck(feature, true);
    case 'boolean':
      return (value) => (typeof value === 'boolean' ? { cell: value } : wrongType('true or false', value));
    case 'text':
      return (value) => checkText(value) ?? { cell: String(value) };
    case 'category':
      return createCategoryCheck(feature);
    case 'image':
      return (value) =>
        typeof value === 'string'
          ? (checkText(value) ?? { cell: value })
          : wrongType('the id of an upload', value);
  }
}

function createNumberCheck(feature: FeatureSpec, whole: boolean): (value: unknown) => Verdict {
  const { name, min = -Infinity, max = Infinity, strict } = feature;
  const unit = feature.unit === undefined ? '' : ` ${feature.unit}`;
  const expected = whole ? 'a whole number' : 'a number';
  return (value) => {
    if (typeof value !== 'number') return wrongType(expected, value);
    if (!Number.isFinite(value)) return { refused: `expected a finite number, got ${value}` };
    if (Math.abs(value) > MAX_FLOAT32) return { refused: `${value} is too large for the model's numbers` };
    if (whole && !Number.isSafeInteger(value)) return { refused: `expected a whole number, got ${value}` };
    if (value >= min && value <= max) return { cell: value };
    const bound = value < min ? `below the minimum of ${min}${unit}` : `above the maximum of ${max}${unit}`;
    return strict
      ? { refused: `${value} is ${bound}` }
      : { cell: value, warning: { code: 'OUT_OF_RANGE', message: `"${name}" is ${value}, ${bound}` } };
  };
}

function createCategoryCheck(feature: FeatureSpec): (value: unknown) => Verdict {
  const known = feature.categories ?? [];
  const set = new Set<unknown>(known);
  const more = known.length - MAX_LISTED_CATEGORIES;
  const listed = known.slice(0, MAX_LISTED_CATEGORIES).join(', ') + (more > 0 ? ` and ${more} more` : '');
  return (value) => {
    const refused = checkText(value);
    if (refused !== undefined) return refused;
    const cell = String(value);
    if (set.has(cell)) return { cell };
    const message = `"${echo(cell)}" is not one of ${listed}`;
    return feature.strict
      ? { refused: message }
      : { cell, warning: { code: 'UNSEEN_CATEGORY', message: `"${feature.name}": ${message}` } };
  };
}

function checkText(value: unknown): Verdict | undefined {
  if (typeof value !== 'string') return wrongType('a string', value);
  if (value.length > MAX_TEXT_LENGTH)
    return { refused: `expected at most ${MAX_TEXT_LENGTH} characters, got ${value.length}` };
  // Neither can be stored as JSON in Postgres; accepted here they would block the record later.
  if (value.includes('\0') || /\p{Surrogate}/u.test(value))
    return { refused: 'contains a NUL character or half of a surrogate pair' };
  return undefined;
}

function wrongType(expected: string, value: unknown): Verdict {
  return { refused: `expected ${expected}, got ${described(value)}` };
}

function described(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

function article(type: FeatureSpec['type']): string {
  return type === 'integer' || type === 'image' ? `an ${type}` : `a ${type}`;
}

/** At most forty characters of what a client sent, never half of a character. */
export function echo(text: string): string {
  return text.length <= MAX_ECHO_LENGTH
    ? text
    : `${Array.from(text.slice(0, MAX_ECHO_LENGTH)).slice(0, -1).join('')}…`;
}

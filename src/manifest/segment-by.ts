// What `segmentBy` in model.json names, and what a value of it is called as a segment.
import type { ModelManifest } from './model-manifest.js';

const METADATA = 'metadata.';
const MAX_NAME = 64;
/** What nearly all names are like, known at a glance. */
const PLAIN_NAME = /^[ -~]{1,64}$/;

/** Where the value of a prediction is found. */
export interface SegmentSource {
  readonly kind: 'feature' | 'metadata';
  /** The feature, or the key at the top of the request's metadata. */
  readonly name: string;
}

/** `room_type` is a feature, `metadata.region` the key `region` of the metadata: no feature has a dot in its name. */
export function segmentSource(segmentBy: string): SegmentSource {
  return segmentBy.startsWith(METADATA)
    ? { kind: 'metadata', name: segmentBy.slice(METADATA.length) }
    : { kind: 'feature', name: segmentBy };
}

/**
 * The segment of a value: texts, finite numbers and booleans have one, all else undefined. At most 64 characters; a name
 * that had to be shortened or cleaned of control characters ends in a hash of the value, so that two values stay two.
 */
export function segmentName(value: unknown): string | undefined {
  if (typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value)))
    return String(value);
  if (typeof value !== 'string') return undefined;
  if (PLAIN_NAME.test(value)) return value;
  if (value === '') return '(empty)';
  const cleaned = value.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, '?');
  if (cleaned === value && value.length <= MAX_NAME) return value;
  return withHash(cleaned, MAX_NAME, value);
}

/** The text itself, or its beginning and a hash of all of it, `max` characters together. */
export function shortened(text: string, max: number): string {
  return text.length <= max ? text : withHash(text, max, text);
}

/** The segment of one prediction by every `segmentBy` the model's monitors are set to; undefined where they are not. */
export function segmentsOf(
  { monitors }: Pick<ModelManifest, 'monitors'>,
  prediction: {
    readonly features: Readonly<Record<string, unknown>>;
    readonly metadata: Readonly<Record<string, unknown>> | null;
  },
): Record<string, string> | undefined {
  const asked = Object.values(monitors).flatMap((settings) => {
    const segmentBy = settings === false ? undefined : settings['segmentBy'];
    return typeof segmentBy === 'string' ? [segmentBy] : [];
  });
  const found = [...new Set(asked)].flatMap((segmentBy) => {
    const { kind, name } = segmentSource(segmentBy);
    const values = kind === 'feature' ? prediction.features : (prediction.metadata ?? {});
    // Own keys only: a key may be called as something that every object inherits.
    const segment = segmentName(Object.hasOwn(values, name) ? values[name] : undefined);
    return segment === undefined ? [] : [[segmentBy, segment] as const];
  });
  return found.length === 0 ? undefined : Object.fromEntries(found);
}

function withHash(text: string, max: number, whole: string): string {
  const start = text.slice(0, max - 9);
  // Half of a pair would be no text any more.
  const isCutPair = /[\uD800-\uDBFF]$/.test(start);
  return `${isCutPair ? start.slice(0, -1) : start}~${fnv1a(whole)}`;
}

/** FNV-1a, 32 bits, as eight hexadecimal digits. */
function fnv1a(text: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}

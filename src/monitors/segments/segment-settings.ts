// What can be set of the segments of a monitor, beside the monitor's own settings.
import { z } from 'zod';
import { segmentSource } from '../../manifest/segment-by.js';
import type { MonitorDefinition, WatchedManifest } from '../monitor.js';

/** How many segments, and how they are chosen and judged; every setting has a default. */
const segmentsSchema = z.strictObject({
  /** So many segments are watched at most; levels of tests are divided by it. */
  top: z.int().min(1).max(20).default(5),
  /** After so many rows it is looked whether another segment has become larger than one that is watched. */
  reviewRows: z.int().min(100).max(1_000_000).default(5000),
  /** So many predictions of a segment become its reference, for monitors that compare with one. */
  referenceRows: z.int().min(100).max(5000).default(1000),
});

const shape = z.object({
  segmentBy: z.string().max(200).optional(),
  segments: segmentsSchema.optional(),
});

/** What must be known of a model whose rows are told apart. */
export type SegmentedManifest = Pick<WatchedManifest, 'features'>;

/** `segmentBy` is absent where the monitor is to watch the whole alone; `own` is what the monitor itself is created with. */
export interface SplitSettings {
  readonly segmentBy: string | undefined;
  readonly segments: Readonly<z.infer<typeof segmentsSchema>>;
  readonly own: Readonly<Record<string, unknown>>;
}

/** Whether settings as written in a manifest are for segments. */
export function asksForSegments(chosen: unknown): boolean {
  return chosen instanceof Object && ('segmentBy' in chosen || 'segments' in chosen);
}

/**
 * The settings of `definition` with `segmentBy` and `segments` beside them. What is wrong with either is said of its own
 * setting: a feature the model does not have or that has no segments, and a monitor that cannot be repeated by them.
 */
export function segmentSettings(definition: MonitorDefinition, manifest: SegmentedManifest) {
  return z.record(z.string(), z.unknown()).transform((chosen, context) => {
    const { segmentBy, segments, ...rest } = chosen;
    const own = definition.settings.safeParse(rest);
    const parsed = shape.safeParse({ segmentBy, segments });
    const problem =
      typeof segmentBy === 'string'
        ? (problemOfMonitor(definition) ?? problemOfSource(segmentBy, manifest))
        : undefined;
    const issues = [
      ...(own.error?.issues ?? []),
      ...(parsed.error?.issues ?? []),
      ...(problem === undefined ? [] : [{ path: ['segmentBy'], message: problem }]),
      ...(segments !== undefined && segmentBy === undefined
        ? [{ path: ['segments'], message: 'is of no use without "segmentBy"' }]
        : []),
    ];
    for (const { path, message } of issues) context.addIssue({ code: 'custom', path: [...path], message });
    if (issues.length > 0) return z.NEVER;
    const ownSettings = z.record(z.string(), z.unknown()).parse(own.data);
    if (parsed.data?.segmentBy === undefined) return ownSettings;
    return {
      ...ownSettings,
      segmentBy: parsed.data.segmentBy,
      segments: segmentsSchema.parse(parsed.data.segments ?? {}),
    };
  });
}

/** Takes apart what `segmentSettings` made. */
export function splitSettings(settings: unknown): SplitSettings {
  const { segmentBy, segments, ...own } = z.record(z.string(), z.unknown()).parse(settings);
  const parsed = shape.parse({ segmentBy, segments });
  return { segmentBy: parsed.segmentBy, segments: parsed.segments ?? segmentsSchema.parse({}), own };
}

function problemOfMonitor({ inputs, metrics }: MonitorDefinition): string | undefined {
  if (!inputs.includes('prediction') && !inputs.includes('feedback'))
    return 'this monitor watches neither predictions nor feedback, which alone have segments';
  if (metrics.some(({ labels }) => labels.includes('segment')))
    return 'this monitor has a label "segment" of its own';
  return undefined;
}

function problemOfSource(segmentBy: string, { features }: SegmentedManifest): string | undefined {
  const { kind, name } = segmentSource(segmentBy);
  if (kind === 'metadata') return name === '' ? 'names no key after "metadata."' : undefined;
  const feature = features.find((one) => one.name === name);
  if (feature === undefined) {
    const known = features.filter(({ type }) => hasSegments(type)).map((one) => one.name);
    return `the model has no feature "${name}" (those with segments: ${known.join(', ') || 'none'}; a key of the metadata is "metadata.<key>")`;
  }
  return hasSegments(feature.type)
    ? undefined
    : `feature "${name}" is of type ${feature.type}, which has no segments: take one of type category, boolean, integer or text, or send a group as metadata`;
}

function hasSegments(type: SegmentedManifest['features'][number]['type']): boolean {
  return type === 'category' || type === 'boolean' || type === 'integer' || type === 'text';
}

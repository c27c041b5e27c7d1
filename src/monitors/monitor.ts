// The plugin contract: everything a monitor may know and must answer. An outside plugin imports this and nothing else.
import type { z } from 'zod';
import type { FeedbackBatch } from '../events/feedback-batch.js';
import type { Finding, Measurement } from '../events/monitor-report.js';
import type { PredictionBatch } from '../events/prediction-batch.js';
import type { ResourceSample } from '../events/resource-sample.js';
import type { FeatureSpec, ModelManifest, Task } from '../manifest/model-manifest.js';
import type { ReferenceProfile } from '../manifest/reference-profile.js';

export type { Finding, FindingStatus, Measurement } from '../events/monitor-report.js';
export type { FeedbackBatch } from '../events/feedback-batch.js';
export type { PredictionBatch } from '../events/prediction-batch.js';
export type { ReferenceProfile } from '../manifest/reference-profile.js';
export type { ResourceSample } from '../events/resource-sample.js';

/** What reaches `update`, in stream order; a monitor gets only the kinds it lists in `inputs`. */
export type MonitorEvent =
  | { readonly kind: 'prediction'; readonly batch: PredictionBatch }
  | { readonly kind: 'feedback'; readonly batch: FeedbackBatch }
  | { readonly kind: 'resource'; readonly sample: ResourceSample };

/** What a monitor may be for: models by their task, or Vigie itself, whose events are resource samples. */
export type WatchedTask = Task | 'system';

/** The manifest of a model; that of Vigie itself names neither features nor outputs. */
export type WatchedManifest = Omit<ModelManifest, 'task'> & { readonly task: WatchedTask };

/** The version of what has none: Vigie itself. */
export const NO_VERSION = 0;

/** What a monitor is built for: one version of one model, or Vigie itself. `reference` is absent when the version ships none. */
export interface MonitorSubject {
  readonly manifest: WatchedManifest;
  readonly version: number;
  readonly reference: ReferenceProfile | undefined;
  /** `metrics` of `version.json`: what the version scored in its evaluation (`accuracy`, `mae`, ...), and on how many `rows`. */
  readonly evaluation?: Readonly<Record<string, number>> | undefined;
  /**
   * How many monitors like this one judge beside each other, as those of segments do; 1 when unset. A monitor that judges by
   * p-values or intervals divides its levels by it (Bonferroni), so that together they are wrong no more often than one.
   */
  readonly comparisons?: number | undefined;
}

/** The stretch of data an evaluation speaks of; times in epoch ms, null when empty. */
export interface EvaluationWindow {
  readonly from: number | null;
  readonly to: number | null;
  readonly n: number;
}

/** What a monitor says at one moment; names are those its definition declares. */
export interface Evaluation {
  readonly measurements: readonly Measurement[];
  readonly findings: readonly Finding[];
  readonly window: EvaluationWindow;
}

/**
 * A running monitor. The host keeps this promise: calls never overlap, `now` is the only clock, and a throw is
 * counted and stops nothing else. In return no method does I/O, waits, or keeps unbounded state. A monitor of an outside
 * plugin lives in a thread of its plugin and gets copies; one that takes too long there is missing from the round, and
 * after a call of 10 s begins afresh.
 */
export interface Monitor {
  update(events: readonly MonitorEvent[]): void;
  /** Called every few seconds, also when nothing came; `now` in epoch ms. An outside monitor is to answer within 1 s. */
  evaluate(now: number): Evaluation;
  /**
   * All state as plain JSON of 16 M characters at most; `restore(snapshot())` on a fresh monitor continues exactly where this
   * one stood.
   */
  snapshot(): unknown;
  /** Throws when the state is not one of its own; the host then starts it afresh and says so. */
  restore(state: unknown): void;
  /**
   * Takes in the state of another monitor of the same settings that saw other events. Optional, and nothing calls it
   * today: one process sees all events of a model.
   */
  merge?(other: Monitor): void;
}

/** One metric a monitor emits; on `/metrics` it is `vigie_monitor_<name>` with `model`, `version` and these labels. */
export interface MonitorMetric {
  readonly name: string;
  readonly unit: string | null;
  readonly help: string;
  readonly labels: readonly string[];
  /** Labels that some of its series carry beside those; Vigie adds `segment` where a monitor has segments. */
  readonly optionalLabels?: readonly string[] | undefined;
}

/** A monitor plugin: one folder, one exported definition. */
export interface MonitorDefinition<Settings extends z.ZodType = z.ZodType> {
  readonly name: string;
  readonly title: string;
  readonly summary: string;
  readonly tasks: readonly WatchedTask[];
  /** It watches only models with a feature of one of these types; all models of its tasks when unset. */
  readonly featureTypes?: readonly FeatureSpec['type'][] | undefined;
  readonly inputs: readonly MonitorEvent['kind'][];
  /** Every setting has a default; an unknown or unparsable one stops the start and is named. */
  readonly settings: Settings;
  readonly metrics: readonly MonitorMetric[];
  /**
   * Whether it compares with `reference`. In a segment such a monitor is given a reference of the segment's own first
   * predictions; any other gets none.
   */
  readonly comparesWithReference?: boolean | undefined;
  create(settings: z.output<Settings>, subject: MonitorSubject): Monitor;
}

/** Keeps the type of `settings` through to `create`, which a plain annotation would lose. */
export function defineMonitor<Settings extends z.ZodType>(
  definition: MonitorDefinition<Settings>,
): MonitorDefinition<Settings> {
  return definition;
}

// Everything a run has found; this is what `--json` writes.
import type { CaseResult } from '../scenarios/case-figures.js';
import type { GeneratorLimit } from '../scenarios/generator-limit.js';
import type { OverloadResult } from '../scenarios/overload.js';
import type { MonitorsResult } from '../scenarios/monitors.js';
import type { PicturesResult } from '../scenarios/pictures.js';
import type { ReplayResult } from '../scenarios/replay.js';
import type { SaturatedResult } from '../scenarios/saturated.js';
import type { SoakResult } from '../scenarios/soak.js';
import type { Conditions } from './conditions.js';

export interface Findings {
  readonly conditions: Conditions;
  readonly generator: GeneratorLimit;
  readonly cases: readonly CaseResult[];
  readonly overload: readonly OverloadResult[];
  readonly saturated: readonly SaturatedResult[];
  readonly soak: readonly SoakResult[];
  readonly replay: readonly ReplayResult[];
  readonly monitors: readonly MonitorsResult[];
  readonly pictures: readonly PicturesResult[];
}

/** A figure and the bounds it is to lie within. */
export interface Target {
  readonly target: string;
  readonly subject: string;
  readonly value: number;
  readonly unit: string;
  readonly least?: number;
  readonly most?: number;
}

/** Whether a target was reached. */
export interface Verdict {
  readonly target: string;
  readonly subject: string;
  readonly value: string;
  readonly reached: boolean;
}

export type Report = Findings & { readonly verdicts: readonly Verdict[] };

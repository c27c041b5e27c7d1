// What the rounds of one case come to for one subject: medians, which one disturbed round does not move.
import { OK } from '../load/plan.js';
import type { SubjectKind } from '../subjects/subject.js';
import type { Measurement } from './measurement.js';

/** Latencies in ms, rates by second; NaN where nothing was answered. */
export interface Figures {
  readonly p50: number;
  readonly p99: number;
  readonly perSecond: number;
  readonly rowsPerSecond: number;
  /** Requests without a good answer, all rounds together, by how they ended. */
  readonly failed: Readonly<Record<string, number>>;
  /** Due requests of an open loop that never left, all rounds together. */
  readonly unsent: number;
  readonly cpuPer1000: Readonly<Record<string, number>>;
  readonly loopDelay: Measurement['loopDelay'];
  readonly redisPerPrediction: Measurement['redisPerPrediction'];
  readonly settleMs: number;
  readonly generatorCpu: number;
  /** p99 of what the generator itself was late by; open loop only. */
  readonly sendLagP99: number;
}

export interface SubjectRounds {
  readonly name: string;
  readonly kind: SubjectKind;
  /** Requests due a second; open loop only. */
  readonly offered: number | undefined;
  readonly figures: Figures;
  readonly rounds: readonly Measurement[];
}

/** One case over all subjects. */
export interface CaseResult {
  readonly scenario: string;
  readonly id: string;
  readonly title: string;
  readonly subjects: readonly SubjectRounds[];
}

export function figuresOf(rounds: readonly Measurement[]): Figures {
  const of = (read: (round: Measurement) => number | undefined) => median(rounds.map(read));
  const failed: Record<string, number> = {};
  for (const { load } of rounds)
    for (const [code, { count }] of Object.entries(load.outcomes))
      if (code !== OK) failed[code] = (failed[code] ?? 0) + count;
  const labels = [...new Set(rounds.flatMap(({ cpuPer1000 }) => Object.keys(cpuPer1000)))];
  const has = (key: 'loopDelay' | 'redisPerPrediction') => rounds.some((round) => round[key] !== undefined);
  return {
    p50: of(({ load }) => load.outcomes[OK]?.p50),
    p99: of(({ load }) => load.outcomes[OK]?.p99),
    perSecond: of(({ load }) => load.perSecond),
    rowsPerSecond: of(({ load }) => load.rowsPerSecond),
    failed,
    unsent: rounds.reduce((sum, { load }) => sum + load.unsent, 0),
    cpuPer1000: Object.fromEntries(labels.map((label) => [label, of((round) => round.cpuPer1000[label])])),
    loopDelay: has('loopDelay')
      ? {
          p50: of((round) => round.loopDelay?.p50),
          p99: of((round) => round.loopDelay?.p99),
          max: of((round) => round.loopDelay?.max),
        }
      : undefined,
    redisPerPrediction: has('redisPerPrediction')
      ? {
          bytes: of((round) => round.redisPerPrediction?.bytes),
          commands: of((round) => round.redisPerPrediction?.commands),
        }
      : undefined,
    settleMs: of((round) => round.settleMs),
    generatorCpu: of(({ load }) => load.cpuShare),
    sendLagP99: of(({ load }) => load.sendLag.p99),
  };
}

/** Of the values that are there; the mean of the middle two of an even number; NaN of none. */
export function median(values: readonly (number | undefined)[]): number {
  const sorted = values
    .filter((v) => v !== undefined && !Number.isNaN(v))
    .toSorted((a, b) => (a ?? 0) - (b ?? 0));
  const low = sorted[Math.floor((sorted.length - 1) / 2)] ?? NaN;
  const high = sorted[Math.floor(sorted.length / 2)] ?? NaN;
  return (low + high) / 2;
}

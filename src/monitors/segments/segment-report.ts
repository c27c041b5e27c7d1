// Joins what a monitor says of the whole and of each segment, within what one evaluation may hold.
import { shortened } from '../../manifest/segment-by.js';
import type { Evaluation, Finding, FindingStatus, Measurement } from '../monitor.js';
import type { SegmentTraffic } from './segment-choice.js';

/** As many series and as many findings as the host takes. */
const MAX_REPORTED = 200;
const MAX_KEY = 200;
const MAX_NAME_IN_KEY = 100;

/** What each part said. */
export interface EvaluationParts {
  readonly segmentBy: string;
  readonly whole: Evaluation;
  readonly segments: readonly {
    readonly name: string;
    readonly evaluation: Evaluation | { readonly learnt: number; readonly wanted: number };
  }[];
  readonly traffic: SegmentTraffic;
}

/**
 * The whole's window, measurements and findings, with those of segments under `segment=<value>/<key>` and the label `segment`.
 * Bad findings come first where there are too many, then those of the whole; a last one counts what is left out.
 */
export function joinEvaluations({ segmentBy, whole, segments, traffic }: EvaluationParts): Evaluation {
  const ofSegments = segments.map(({ name, evaluation }) => {
    const findings: readonly Finding[] =
      'learnt' in evaluation ? [learningFinding(evaluation)] : evaluation.findings;
    return {
      name,
      findings: findings.map((finding) => named(finding, segmentBy, name)),
      measurements: 'learnt' in evaluation ? [] : evaluation.measurements,
    };
  });
  const worstFirst = [...ofSegments].sort((a, b) => worstOf(b.findings) - worstOf(a.findings));
  const measurements = [
    ...whole.measurements,
    ...worstFirst.flatMap(({ name, measurements: own }) =>
      own.map((one): Measurement => ({ ...one, labels: { ...one.labels, segment: name } })),
    ),
  ];
  return {
    measurements: measurements.slice(0, MAX_REPORTED),
    findings: [
      ...bounded(
        whole.findings,
        ofSegments.flatMap(({ findings }) => findings),
      ),
      trafficFinding(
        segmentBy,
        ofSegments.map(({ name }) => name),
        traffic,
      ),
    ],
    window: whole.window,
  };
}

/**
 * A whole that is wrong may be the cause of what is wrong in segments, a segment is not the cause of anything else; and what
 * it is about is that segment alone.
 */
function named({ isCause: _, about, ...finding }: Finding, segmentBy: string, segment: string): Finding {
  return {
    ...finding,
    ...(about !== undefined && { about: keyOf(segment, about) }),
    key: keyOf(segment, finding.key),
    summary: `${segmentBy} "${segment}": ${finding.summary}`,
    detail: { ...finding.detail, segmentBy, segment },
  };
}

/** A slash ends the value, so that no two pairs of value and key meet in one. */
function keyOf(segment: string, key: string): string {
  const value = segment.replaceAll('%', '%25').replaceAll('/', '%2F');
  return shortened(`segment=${shortened(value, MAX_NAME_IN_KEY)}/${key}`, MAX_KEY);
}

function learningFinding({ learnt, wanted }: { readonly learnt: number; readonly wanted: number }): Finding {
  return {
    ...{ key: 'reference', status: 'insufficient-data', value: null, threshold: null },
    ...{ effect: null, pValue: null, n: learnt, detail: { wanted } },
    summary: `${learnt} predictions have come of the ${wanted} that become its reference`,
  };
}

/** Which segments are watched, and how much of the traffic they are. */
function trafficFinding(
  segmentBy: string,
  watched: readonly string[],
  { rows, without, distinct, watchedShare }: SegmentTraffic,
): Finding {
  const finding = {
    ...{ key: 'segment=*/traffic', threshold: null, effect: null, pValue: null, n: rows },
    detail: { segmentBy, watched, distinct, rowsWithout: without },
  };
  if (rows === 0)
    return { ...finding, status: 'no-data', value: null, summary: 'No prediction to tell segments from' };
  const share = `${(watchedShare * 100).toFixed(1)}%`;
  return {
    ...finding,
    status: 'ok',
    value: watchedShare,
    summary: `${watched.length} of about ${distinct} segments by ${segmentBy} are watched, ${share} of the traffic with one`,
  };
}

const RANK: Readonly<Record<FindingStatus, number>> = {
  critical: 4,
  warning: 3,
  'insufficient-data': 1,
  'no-data': 1,
  // What is not listed counts as ok for alerts, so that these are the ones to leave out.
  ok: 0,
};

function worstOf(findings: readonly Finding[]): number {
  return findings.reduce((worst, { status }) => Math.max(worst, RANK[status]), 0);
}

function bounded(whole: readonly Finding[], ofSegments: readonly Finding[]): Finding[] {
  const all = [...whole, ...ofSegments];
  // One place is kept for the traffic.
  if (all.length < MAX_REPORTED) return all;
  const ofWhole = new Set(whole);
  const isBad = ({ status }: Finding) => RANK[status] >= RANK.warning;
  const rank = (finding: Finding) =>
    isBad(finding) || !ofWhole.has(finding) ? RANK[finding.status] : RANK.warning - 1;
  const ranked = [...all].sort((a, b) => rank(b) - rank(a));
  const kept = ranked.slice(0, MAX_REPORTED - 2);
  const leftOut = ranked.slice(MAX_REPORTED - 2);
  const bad = leftOut.filter(isBad).length;
  const others: Finding = {
    ...{ key: 'segment=*/others', value: bad, threshold: 0, effect: null, pValue: null, n: leftOut.length },
    status: bad > 0 ? 'warning' : 'ok',
    summary: `${leftOut.length} findings are not listed, ${bad} of them bad`,
    detail: {},
  };
  return [...kept, others];
}

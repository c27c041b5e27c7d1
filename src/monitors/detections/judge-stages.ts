// Decides whether the classes found are shared out otherwise than in the reference.
import type { Finding, MonitorSubject } from '../monitor.js';
import { comparedClasses, shareColumn } from '../statistics/detection/picture-outputs.js';
import { jensenShannonDistance } from '../statistics/jensen-shannon.js';
import type { CurrentDetections } from './detection-window.js';
import { percent, type WindowState } from './judge-aspect.js';

/** What the stages are judged by. */
export interface StageRules extends WindowState {
  readonly classes: readonly string[];
  readonly reference: MonitorSubject['reference'];
  readonly minJensenShannon: number;
}

const KEY = 'stages';
const RANK = { critical: 3, warning: 2, ok: 1, 'insufficient-data': 0 } as const;

/**
 * Beyond chance where some class's share of a picture is, by the rule of data-drift over pictures; large enough where the shares of
 * all boxes lie `minJensenShannon` (base 2) from those of the reference. Boxes of one picture are alike, so that a test that
 * counts boxes would find a drift in every other field of one age; how many there are of each says only how much it matters.
 */
export function judgeStages({ boxes, columns }: CurrentDetections, rules: StageRules): Finding {
  const { classes, reference, minJensenShannon, minRows } = rules;
  const none = { key: KEY, value: null, threshold: minJensenShannon, effect: null, pValue: null, detail: {} };
  const finding = { ...none, n: boxes.pictures - boxes.empty };
  if (boxes.boxes === 0) return { ...finding, status: 'no-data', summary: 'Nothing has been found yet' };
  const before = referenceCounts(classes, reference);
  const compared = comparedClasses(classes).flatMap((name, i) => {
    const { verdict } = columns.get(shareColumn(name)) ?? {};
    const share = boxes.shares[i];
    return [{ name, verdict, share, was: (before?.[i] ?? 0) / Math.max(1, sum(before ?? [])) }];
  });
  const isComparable = comparedClasses(classes).some((name) => columns.has(shareColumn(name)));
  const counts = boxes.shares.map((share) => Math.round((share?.value ?? 0) * boxes.boxes));
  const distance = before === undefined ? undefined : jensenShannonDistance(before, counts);
  const detail = {
    method: 'shares of pictures by the rule of data-drift, Jensen-Shannon distance of boxes in base 2',
    boxes: boxes.boxes,
    shares: Object.fromEntries(
      compared.map(({ name, share, was, verdict }) => [
        name,
        {
          ...{ current: share?.value ?? 0, lower95: share?.lower ?? 0, upper95: share?.upper ?? 1 },
          ...{ reference: before === undefined ? null : was, pValue: verdict?.evidence ?? null },
          effect: verdict?.effect ?? null,
        },
      ]),
    ),
  };
  if (distance === undefined || !isComparable)
    return {
      ...{ ...finding, detail, status: 'no-data' },
      summary: 'The version has no reference of classes by picture to compare with',
    };
  const verdicts = compared.flatMap(({ verdict }) => verdict ?? []);
  const worst = verdicts.toSorted((a, b) => RANK[b.status] - RANK[a.status])[0];
  const measured = { ...finding, value: distance, effect: distance, detail };
  if (worst === undefined || worst.status === 'insufficient-data')
    return {
      ...{ ...measured, status: 'insufficient-data' },
      summary: `Only ${finding.n} pictures with a detection to compare; ${minRows} are wanted in a window`,
    };
  const pValue = Math.min(...verdicts.map(({ evidence }) => evidence ?? 1));
  const isLarge = distance >= minJensenShannon;
  const status = isLarge ? worst.status : 'ok';
  const [most] = compared.toSorted(
    (a, b) => Math.abs((b.share?.value ?? 0) - b.was) - Math.abs((a.share?.value ?? 0) - a.was),
  );
  const change =
    most === undefined
      ? ''
      : `; "${most.name}" was ${percent(most.was)}, is ${percent(most.share?.value ?? 0)}`;
  return {
    ...{ ...measured, status, pValue },
    summary:
      status === 'ok'
        ? 'The classes found are shared out as in the reference'
        : `The classes found are shared out differently from the reference (distance ${distance.toFixed(3)})${change}`,
  };
}

/** Boxes by class in the reference, all of unknown classes last; undefined where it counted none. */
function referenceCounts(
  classes: readonly string[],
  reference: MonitorSubject['reference'],
): readonly number[] | undefined {
  const profile = reference?.outputs['label'];
  if (profile?.kind !== 'category' || profile.count === 0) return undefined;
  const known = classes.map((name) =>
    Object.hasOwn(profile.counts, name) ? (profile.counts[name] ?? 0) : 0,
  );
  return [...known, profile.count - sum(known)];
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

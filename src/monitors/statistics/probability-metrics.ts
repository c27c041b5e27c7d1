// How good the probabilities of a classifier were, once the true classes are known.

/** Answers of n rows over K classes. */
export interface JudgedProbabilities {
  /** How many classes there are, K. */
  readonly classCount: number;
  /** Row-major, n K long, each row adding up to 1. */
  readonly probabilities: ArrayLike<number>;
  /** The index of the true class of each row, n long; a row whose index is no class is left out. */
  readonly truths: ArrayLike<number>;
}

/** No probability counts as less, so that one sure mistake is not infinitely bad (the machine epsilon, as scikit-learn). */
const LEAST = Number.EPSILON;

/** Mean of -ln(probability of the true class), 0 and up; undefined without rows. */
export function logLoss(judged: JudgedProbabilities): number | undefined {
  return meanOverRows(judged, (row, truth) => {
    const p = at(judged, row, truth);
    return -Math.log(Math.min(1 - LEAST, Math.max(LEAST, p)));
  });
}

/**
 * Brier's score (1950): mean over rows of the squared distance between probabilities and truth summed over all classes,
 * 0 to 2; with two classes this is twice the score of the second class alone. Undefined without rows.
 */
export function brierScore(judged: JudgedProbabilities): number | undefined {
  return meanOverRows(judged, (row, truth) => {
    let total = 0;
    for (let c = 0; c < judged.classCount; c += 1) total += (at(judged, row, c) - (c === truth ? 1 : 0)) ** 2;
    return total;
  });
}

/** Mean over classes of the area under the ROC curve of each against all others; classes without either are left out. */
export function rocAucOneVsRest(judged: JudgedProbabilities): number | undefined {
  const areas = Array.from({ length: judged.classCount }, (_, c) => {
    const rows = rowsOf(judged);
    return rocAuc(
      rows.map((row) => at(judged, row, c)),
      rows.map((row) => (judged.truths[row] === c ? 1 : 0)),
    );
  }).filter((area) => area !== undefined);
  return areas.length === 0 ? undefined : areas.reduce((total, area) => total + area, 0) / areas.length;
}

/**
 * The area under the ROC curve, 0 to 1: the chance that a positive case scores higher than a negative one, a tie
 * counting half. `positive` holds 0 or 1, or a probability in between, and then the area is the expected one.
 * Undefined when there are no positive or no negative cases, or a score is not a number.
 */
export function rocAuc(scores: readonly number[], positive: readonly number[]): number | undefined {
  if (scores.some(Number.isNaN)) return undefined;
  const order = scores.map((_, i) => i).sort((a, b) => (scores[a] ?? 0) - (scores[b] ?? 0));
  let [below, positives, area] = [0, 0, 0];
  for (let i = 0; i < order.length;) {
    const score = scores[order[i] ?? 0];
    let [tiedPositives, tiedNegatives] = [0, 0];
    for (; i < order.length && scores[order[i] ?? 0] === score; i += 1) {
      const p = positive[order[i] ?? 0] ?? 0;
      tiedPositives += p;
      tiedNegatives += 1 - p;
    }
    area += tiedPositives * (below + tiedNegatives / 2);
    below += tiedNegatives;
    positives += tiedPositives;
  }
  return positives > 0 && below > 0 ? area / (positives * below) : undefined;
}

function meanOverRows(
  judged: JudgedProbabilities,
  score: (row: number, truth: number) => number,
): number | undefined {
  const rows = rowsOf(judged);
  const total = rows.reduce((held, row) => held + score(row, judged.truths[row] ?? 0), 0);
  return rows.length === 0 ? undefined : total / rows.length;
}

function rowsOf({ truths, classCount }: JudgedProbabilities): number[] {
  const isClass = (index: number) => Number.isInteger(index) && index >= 0 && index < classCount;
  return Array.from(truths, (truth, row) => (isClass(truth) ? row : -1)).filter((row) => row >= 0);
}

function at({ probabilities, classCount }: JudgedProbabilities, row: number, c: number): number {
  return probabilities[row * classCount + c] ?? 0;
}

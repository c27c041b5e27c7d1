// How good a classifier is on data it has not seen.

interface ClassScore {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  /** How many instances truly are of this class. */
  readonly support: number;
}

export interface Evaluation {
  readonly rows: number;
  readonly accuracy: number;
  readonly classes: Readonly<Record<string, ClassScore>>;
  /** Mean of the classes' F1, each class counting the same. */
  readonly f1Macro: number;
}

/** Compares predicted with true labels, pair by pair; a ratio with nothing under the line is 0. */
export function evaluateLabels(
  classes: readonly string[],
  truth: readonly string[],
  predicted: readonly string[],
): Evaluation {
  if (truth.length !== predicted.length)
    throw new RangeError(
      `${truth.length} true labels cannot be compared with ${predicted.length} predicted ones`,
    );
  const scores = classes.map((name): [string, ClassScore] => {
    const support = truth.filter((label) => label === name).length;
    const called = predicted.filter((label) => label === name).length;
    const hits = truth.filter((label, i) => label === name && predicted[i] === name).length;
    return [
      name,
      {
        precision: ratio(hits, called),
        recall: ratio(hits, support),
        f1: ratio(2 * hits, called + support),
        support,
      },
    ];
  });
  return {
    rows: truth.length,
    accuracy: ratio(truth.filter((label, i) => label === predicted[i]).length, truth.length),
    classes: Object.fromEntries(scores),
    f1Macro: ratio(
      scores.reduce((sum, [, score]) => sum + score.f1, 0),
      scores.length,
    ),
  };
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

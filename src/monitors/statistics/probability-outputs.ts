// Which probabilities of a classifier a reference profile describes, and by what names.

// A column costs a monitor 2 KB, and of a thousand classes none has a distribution worth a test.
const MOST_CLASSES = 50;

export interface ProbabilityOutput {
  readonly name: string;
  /** The class it is the probability of. */
  readonly of: string;
}

/** One for each class; of two classes the second says it all, and of very many none is described. */
export function probabilityOutputs(classes: readonly string[]): readonly ProbabilityOutput[] {
  if (classes.length > MOST_CLASSES) return [];
  const telling = classes.length === 2 ? classes.slice(1) : classes;
  return telling.map((of) => ({ name: `probability:${of}`, of }));
}

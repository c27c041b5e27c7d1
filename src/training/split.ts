// Sets part of the data aside for an honest test.
import type { Instance } from './instance.js';
import type { Random } from './random.js';

export interface Split {
  readonly train: readonly Instance[];
  readonly test: readonly Instance[];
}

/** Splits so that every class keeps its share in both parts; `testShare` of each class, rounded, goes to the test. */
export function stratifiedSplit(instances: readonly Instance[], testShare: number, random: Random): Split {
  const train: Instance[] = [];
  const test: Instance[] = [];
  // Sorted, so that the split does not depend on which class happens to come first.
  const classes = [...new Set(instances.map((instance) => instance.truth))].sort();
  for (const truth of classes) {
    const members = random.shuffle(instances.filter((instance) => instance.truth === truth));
    const cut = Math.round(members.length * testShare);
    test.push(...members.slice(0, cut));
    train.push(...members.slice(cut));
  }
  return { train: random.shuffle(train), test: random.shuffle(test) };
}

// Which answers of a model are compared with the reference, and by which distance.
import type { MonitorSubject, PredictionBatch } from '../monitor.js';
import { driftRule, type DriftMethod, type LeastDifferences } from '../statistics/drift/drift-rule.js';
import type { DriftColumn } from '../statistics/drift/tumbling-drift.js';
import { probabilityOutputs } from '../statistics/probability-outputs.js';

type Outputs = PredictionBatch['outputs'];
type Cells = readonly (string | number | null)[] | undefined;

/** One answer of a model, by the name that a reference has for it. */
export interface WatchedOutput {
  readonly name: string;
  /** Whether a reference without it is worth a word: older ones have no probabilities. */
  readonly isExpected: boolean;
  /** Its values in a batch, one a row; undefined when the batch has none. */
  readonly cellsOf: (outputs: Outputs) => Cells;
}

/** What a model of a task answers. */
export function outputsOf({ task, classes }: MonitorSubject['manifest']): readonly WatchedOutput[] {
  switch (task) {
    case 'classification':
      return [
        { name: 'label', isExpected: true, cellsOf: ({ label }) => label },
        { name: 'confidence', isExpected: true, cellsOf: ({ confidence }) => confidence },
        ...probabilityOutputs(classes).map(({ name, of }): WatchedOutput => {
          return { name, isExpected: false, cellsOf: ({ probabilities }) => columnOf(probabilities, of) };
        }),
      ];
    case 'regression':
      return [{ name: 'value', isExpected: true, cellsOf: ({ value }) => value }];
    case 'detection':
    case 'system':
      return [];
  }
}

/** The outputs that the reference has values of, each with how it is compared; where `method` does not fit one, `auto` is taken. */
export function watchedOutputs(
  chosen: LeastDifferences & { readonly method: DriftMethod },
  { manifest, reference }: MonitorSubject,
): { readonly output: WatchedOutput; readonly column: DriftColumn }[] {
  return outputsOf(manifest).flatMap((output) => {
    const profile = reference?.outputs[output.name];
    if (profile === undefined || profile.count === 0) return [];
    const rule = driftRule(chosen.method, profile, chosen) ?? driftRule('auto', profile, chosen);
    return rule === undefined ? [] : [{ output, column: { name: output.name, reference: profile, rule } }];
  });
}

function columnOf(probabilities: Outputs['probabilities'], of: string): Cells {
  const place = probabilities?.classes.indexOf(of) ?? -1;
  if (probabilities === undefined || place < 0) return undefined;
  const { classes, values } = probabilities;
  return Array.from(
    { length: values.length / classes.length },
    (_, row) => values[row * classes.length + place] ?? null,
  );
}

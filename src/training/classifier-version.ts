// Makes the files of one model version out of a trained classifier.
import { createHash } from 'node:crypto';
import type { ModelManifest } from '../manifest/model-manifest.js';
import type { VersionFacts } from '../manifest/version-facts.js';
import { writeModel } from '../onnx/write-model.js';
import { createClassifierGraph } from './classifier-graph.js';
import { evaluateLabels, type Evaluation } from './evaluation.js';
import type { Instance } from './instance.js';
import { predictProbabilities, roundNetwork, type Network } from './network.js';
import { prepare, type PreparedInput } from './preprocessing.js';
import { createReferenceProfile, type Answers } from './reference-profile.js';
import { roundTo } from './rounding.js';

export interface TrainedClassifier {
  readonly manifest: ModelManifest;
  readonly inputs: readonly PreparedInput[];
  readonly network: Network;
  /** What the reference profile describes. */
  readonly reference: readonly Instance[];
  readonly heldOut: readonly Instance[];
  /** ISO 8601; given, not read from a clock, so that a build can be repeated. */
  readonly createdAt: string;
  readonly training: VersionFacts['training'];
}

export interface ClassifierVersion {
  /** Bytes by file name: model.onnx, version.json, reference.json. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly evaluation: Evaluation;
}

/** The files of a version, the same bytes for the same classifier; weights are rounded to six decimals first. */
export function createClassifierVersion(trained: TrainedClassifier): ClassifierVersion {
  const { manifest, inputs, heldOut } = trained;
  const network = roundNetwork(trained.network, 6);
  const model = writeModel(createClassifierGraph(manifest.name, inputs, network));
  const answer = (instances: readonly Instance[]): FullAnswers =>
    answerAll(manifest.classes, inputs, network, instances);

  const answers = answer(heldOut);
  const truths = heldOut.map((instance) => instance.truth);
  const evaluation = evaluateLabels(manifest.classes, truths, answers.labels);
  const facts: VersionFacts = {
    createdAt: trained.createdAt,
    sha256: createHash('sha256').update(model).digest('hex'),
    metrics: toMetrics(evaluation, answers),
    training: trained.training,
  };
  const reference = createReferenceProfile(
    manifest.features,
    manifest.classes,
    trained.reference,
    answer(trained.reference),
    { ...answers, truths },
  );
  return {
    files: new Map([
      ['model.onnx', model],
      ['version.json', toJson(facts)],
      ['reference.json', toJson(reference)],
    ]),
    evaluation,
  };
}

interface FullAnswers extends Answers {
  readonly probabilities: readonly Float64Array[];
}

function answerAll(
  classes: readonly string[],
  inputs: readonly PreparedInput[],
  network: Network,
  instances: readonly Instance[],
): FullAnswers {
  const rows = instances.map(({ features }) => predictProbabilities(network, prepare(inputs, features)));
  const confidences = rows.map((row) => Math.max(...row));
  const labels = rows.map((row, i) => classes[row.indexOf(confidences[i] ?? 0)] ?? '');
  return { confidences, labels, probabilities: rows };
}

function toMetrics(evaluation: Evaluation, { confidences }: Answers): Record<string, number> {
  const byClass = Object.entries(evaluation.classes).flatMap(([name, score]): [string, number][] => [
    [`precision_${name}`, roundTo(score.precision, 6)],
    [`recall_${name}`, roundTo(score.recall, 6)],
    [`f1_${name}`, roundTo(score.f1, 6)],
    [`support_${name}`, score.support],
  ]);
  return {
    rows: evaluation.rows,
    accuracy: roundTo(evaluation.accuracy, 6),
    f1_macro: roundTo(evaluation.f1Macro, 6),
    ...Object.fromEntries(byClass),
    confidence_mean: roundTo(confidences.reduce((sum, c) => sum + c, 0) / Math.max(1, confidences.length), 6),
  };
}

function toJson(value: unknown): Uint8Array {
  // Arrays of numbers on one line: a profile is read by people too.
  const text = JSON.stringify(value, null, 2).replace(/\[[\d\s.,eE+-]*\]/g, (list) =>
    list.replace(/\s+/g, ' ').replace('[ ', '[').replace(' ]', ']'),
  );
  return new TextEncoder().encode(`${text}\n`);
}

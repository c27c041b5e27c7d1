// Compares what a manifest promises with what the ONNX file declares; every difference is a sentence naming both.
import type { FeatureSpec, ModelManifest } from '../manifest/model-manifest.js';
import type { Signature } from '../onnx/read-signature.js';
import type { TensorSpec } from '../onnx/tensor-spec.js';

const FLOATS: readonly string[] = ['float32', 'float64'];
const INTEGERS: readonly string[] = ['int32', 'int64'];

/** Every way in which the file does not fit the manifest; empty when it does. Free dimensions fit anything. */
export function signatureProblems(manifest: ModelManifest, signature: Signature): string[] {
  const planned = new Set(manifest.inputs.map((input) => input.tensor));
  return [
    ...manifest.inputs.flatMap(({ tensor, features }) => {
      const found = signature.inputs.find((spec) => spec.name === tensor);
      return found === undefined
        ? [`the manifest fills input "${tensor}", the file has ${listed(signature.inputs)}`]
        : inputProblems(manifest, found, features);
    }),
    ...signature.inputs
      .filter((spec) => !planned.has(spec.name))
      .map(
        (spec) => `the file takes input ${described(spec)}, the manifest fills only ${quoted([...planned])}`,
      ),
    ...outputProblems(manifest, signature),
  ];
}

function inputProblems(manifest: ModelManifest, spec: TensorSpec, names: readonly string[]): string[] {
  const problems: string[] = [];
  const fills = `the manifest fills input "${spec.name}" with`;
  const features = manifest.features.filter((f) => names.includes(f.name));
  for (const feature of features) {
    const wanted = typesFor(feature);
    if (!wanted.includes(spec.type))
      problems.push(
        `${fills} ${feature.required ? '' : 'optional '}${feature.type} "${feature.name}", which needs ${wanted.length === 0 ? 'more than a tensor column' : wanted.join(' or ')}, the file's is ${described(spec)}`,
      );
  }
  const [rows, columns] = spec.shape;
  if (isKnown(spec.shape) && spec.shape.length !== 2)
    problems.push(`${fills} [rows, ${names.length}], the file's is ${described(spec)}`);
  else if (typeof columns === 'number' && columns !== names.length)
    problems.push(
      `${fills} ${names.length} features (${names.join(', ')}), the file's is ${described(spec)}`,
    );
  if (typeof rows === 'number' && (rows !== 1 || manifest.maxBatchRows !== 1))
    problems.push(
      `the manifest allows batches of up to ${manifest.maxBatchRows} rows (maxBatchRows), the file's input is fixed at ${rows}: ${described(spec)}`,
    );
  return problems;
}

// Integer tensors have no NaN, so what may be missing needs floats.
function typesFor(feature: FeatureSpec): readonly string[] {
  switch (feature.type) {
    case 'number':
      return FLOATS;
    case 'integer':
      return feature.required ? [...FLOATS, ...INTEGERS] : FLOATS;
    case 'boolean':
      return feature.required ? [...FLOATS, ...INTEGERS, 'bool'] : FLOATS;
    case 'category':
    case 'text':
      return ['string'];
    case 'image':
      return [];
  }
}

function outputProblems(manifest: ModelManifest, signature: Signature): string[] {
  const expected: { name: string; columns: number; from: string; flat: boolean }[] = [];
  const { probabilities, value } = manifest.outputs;
  const classes = manifest.classes.length;
  if (probabilities !== undefined)
    expected.push({
      name: probabilities,
      columns: classes,
      from: `probabilities of ${classes} classes (${manifest.classes.join(', ')})`,
      flat: false,
    });
  if (value !== undefined) expected.push({ name: value, columns: 1, from: 'one value a row', flat: true });
  return expected.flatMap(({ name, columns, from, flat }) => {
    const says = `the manifest reads ${from} from output "${name}"`;
    const spec = signature.outputs.find((s) => s.name === name);
    if (spec === undefined) return [`${says}, the file has ${listed(signature.outputs)}`];
    const { shape } = spec;
    const width = shape[1];
    const fits =
      !isKnown(shape) ||
      (shape.length === 2 && (typeof width === 'string' || width === columns)) ||
      (flat && shape.length === 1);
    return fits && [...FLOATS, ...(flat ? INTEGERS : [])].includes(spec.type)
      ? []
      : [`${says}, the file's is ${described(spec)}`];
  });
}

// '...' stands for a file that does not say how many dimensions there are.
const isKnown = (shape: TensorSpec['shape']): boolean => shape[0] !== '...';

const quoted = (names: readonly string[]): string => names.map((n) => `"${n}"`).join(', ');

const listed = (specs: readonly TensorSpec[]): string =>
  specs.length === 0 ? 'none' : specs.map(described).join(', ');

const described = ({ name, type, shape }: TensorSpec): string => `"${name}" ${type} [${shape.join(', ')}]`;

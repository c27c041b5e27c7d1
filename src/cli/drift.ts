// Bends traffic on purpose: from a given second on, one feature is shifted, scaled or set.

type Operation = '+' | '-' | '*' | '=';

export interface Drift {
  readonly feature: string;
  readonly operation: Operation;
  /** A number, or for `=` also a category. */
  readonly operand: number | string;
  /** Seconds after the start of the traffic. */
  readonly atSeconds: number;
}

type Features = Readonly<Record<string, number | string>>;

const GRAMMAR = /^([A-Za-z_][A-Za-z0-9_]*)([+\-*=])([^@]+)@(\d+(?:\.\d+)?)$/;

/**
 * Reads `feature(+|-|*|=)number@second` and `feature=category@second`, several with commas between.
 * Throws an Error that quotes the part it cannot read.
 */
export function parseDrifts(text: string): readonly Drift[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map(parseDrift);
}

/** The features as they are `elapsedSeconds` into the traffic; drifts apply in their order, and nothing is clamped. */
export function applyDrifts(features: Features, drifts: readonly Drift[], elapsedSeconds: number): Features {
  const active = drifts.filter((drift) => elapsedSeconds >= drift.atSeconds);
  if (active.length === 0) return features;
  const drifted = new Map(Object.entries(features));
  for (const { feature, operation, operand } of active) {
    drifted.set(feature, apply(drifted.get(feature), operation, operand));
  }
  return Object.fromEntries(drifted);
}

function parseDrift(part: string): Drift {
  const [, feature, operation, operandText, second] = GRAMMAR.exec(part) ?? [];
  if (feature === undefined || !isOperation(operation) || operandText === undefined || second === undefined)
    throw new Error(`"${part}" is not feature(+|-|*|=)number@second or feature=category@second`);
  const number = Number(operandText);
  if (operation !== '=' && !Number.isFinite(number))
    throw new Error(`"${part}" wants a number after ${operation}`);
  return {
    feature,
    operation,
    operand: Number.isFinite(number) ? number : operandText,
    atSeconds: Number(second),
  };
}

function isOperation(text: string | undefined): text is Operation {
  return text === '+' || text === '-' || text === '*' || text === '=';
}

function apply(
  value: number | string | undefined,
  operation: Operation,
  operand: number | string,
): number | string {
  if (operation === '=') return operand;
  // A category or an absent feature cannot be shifted; NaN would not survive JSON, so it stays what it was or becomes the operand.
  if (typeof value !== 'number' || typeof operand !== 'number') return value ?? operand;
  if (operation === '*') return value * operand;
  return operation === '+' ? value + operand : value - operand;
}

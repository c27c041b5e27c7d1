// Which model a lone `predict` is for, told from its variables before anything of it is run.
import { Kind, type OperationDefinitionNode, OperationTypeNode } from 'graphql';

export interface PredictTarget {
  /** In the answer. */
  readonly key: string;
  readonly model: string;
  readonly version: number | undefined;
}

type Variables = Readonly<Record<string, unknown>> | undefined;

/** Undefined for whatever is not one plain `predict(input: $variable)`, or names a `requestId`, which may have been answered. */
export function lonePredict({
  operation,
  selectionSet: { selections },
}: OperationDefinitionNode): (variables: Variables) => PredictTarget | undefined {
  const [field, another] = selections;
  if (operation !== OperationTypeNode.MUTATION || another !== undefined || field?.kind !== Kind.FIELD)
    return nobody;
  const [argument] = field.arguments ?? [];
  if (field.name.value !== 'predict' || (field.directives ?? []).length > 0) return nobody;
  if (argument?.name.value !== 'input' || argument.value.kind !== Kind.VARIABLE) return nobody;
  const variable = argument.value.name.value;
  const key = (field.alias ?? field.name).value;
  return (variables) => {
    const input = variables?.[variable];
    if (typeof input !== 'object' || input === null) return undefined;
    const { model, version, requestId }: { model?: unknown; version?: unknown; requestId?: unknown } = input;
    if (typeof model !== 'string' || (requestId ?? undefined) !== undefined) return undefined;
    if ((version ?? undefined) === undefined) return { key, model, version: undefined };
    return typeof version === 'number' ? { key, model, version } : undefined;
  };
}

const nobody = () => undefined;

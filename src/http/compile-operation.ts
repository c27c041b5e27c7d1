// Operations made into functions, where that is safe and means the same; the others stay with GraphQL's own executor.
import {
  BREAK,
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  type SelectionSetNode,
  visit,
} from 'graphql';
import { type CompiledQuery, compileQuery, isCompiledQuery } from 'graphql-jit';

// A field becomes code wherever a fragment with it is spread, so a short document can be long code.
const MAX_FIELDS = 300;

/**
 * Undefined for what is left to GraphQL's executor. The document must have passed validation. `query` of what is answered
 * refuses the same variables as GraphQL does, in words of its own, before anything has run.
 */
export function compileOperation(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): CompiledQuery | undefined {
  if (!isPlain(document) || !hasOneMutation(operation) || countFields(document, operation) > MAX_FIELDS)
    return undefined;
  const compiled = compileQuery(schema, document, operation.name?.value);
  return isCompiledQuery(compiled) ? compiled : undefined;
}

/**
 * The compiler writes values of arguments into code, where a certain string would become code itself, and `__proto__` as a
 * name or key would set a prototype. Defaults of variables it does not parse by their scalars, and conditions of a fragment
 * that is spread twice it takes together. None of these may come near it: values travel as variables, which are never code.
 */
function isPlain(document: DocumentNode): boolean {
  let plain = true;
  const refuse = () => {
    plain = false;
    return BREAK;
  };
  visit(document, {
    StringValue: refuse,
    ListValue: refuse,
    ObjectValue: refuse,
    Directive: refuse,
    VariableDefinition: ({ defaultValue }) => (defaultValue === undefined ? undefined : refuse()),
    Name: ({ value }) => (value.startsWith('__') && value !== '__typename' ? refuse() : undefined),
  });
  return plain;
}

// One after another, a mutation whose arguments are refused would leave those after it, and the answer, waiting for ever.
function hasOneMutation({ operation, selectionSet: { selections } }: OperationDefinitionNode): boolean {
  if (operation !== OperationTypeNode.MUTATION) return true;
  return selections.length === 1 && selections[0]?.kind === Kind.FIELD;
}

/** Fields with every fragment opened wherever it is spread. */
function countFields({ definitions }: DocumentNode, { selectionSet }: OperationDefinitionNode): number {
  const fragments = new Map(
    definitions
      .filter(
        (definition): definition is FragmentDefinitionNode => definition.kind === Kind.FRAGMENT_DEFINITION,
      )
      .map((fragment) => [fragment.name.value, fragment]),
  );
  const counted = new Map<string, number>();
  const countIn = ({ selections }: SelectionSetNode): number =>
    selections.reduce((sum, selection) => {
      if (selection.kind === Kind.INLINE_FRAGMENT) return sum + countIn(selection.selectionSet);
      if (selection.kind === Kind.FIELD)
        return sum + 1 + (selection.selectionSet === undefined ? 0 : countIn(selection.selectionSet));
      return sum + countSpread(selection.name.value);
    }, 0);
  const countSpread = (name: string): number => {
    const fragment = fragments.get(name);
    const count = counted.get(name) ?? (fragment === undefined ? 0 : countIn(fragment.selectionSet));
    counted.set(name, count);
    return count;
  };
  return countIn(selectionSet);
}

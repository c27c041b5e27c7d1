// The fields an operation asks for at its root, with fragments opened.
import {
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';

export interface RootField {
  readonly name: string;
  /** The key in the answer, which is also the first element of an error's path. */
  readonly key: string;
}

/** One entry per selection, a repeated field counts again; each fragment is opened once. */
export function rootFieldsOf(
  operation: OperationDefinitionNode,
  fragment: (name: string) => FragmentDefinitionNode | undefined,
): RootField[] {
  const opened = new Set<string>();
  const collect = (set: SelectionSetNode): RootField[] =>
    set.selections.flatMap((selection): RootField[] => {
      switch (selection.kind) {
        case Kind.FIELD:
          return [{ name: selection.name.value, key: (selection.alias ?? selection.name).value }];
        case Kind.INLINE_FRAGMENT:
          return collect(selection.selectionSet);
        case Kind.FRAGMENT_SPREAD: {
          const name = selection.name.value;
          if (opened.has(name)) return [];
          opened.add(name);
          const found = fragment(name);
          return found === undefined ? [] : collect(found.selectionSet);
        }
      }
    });
  return collect(operation.selectionSet);
}

// How large one GraphQL document may be; the same limits hold on HTTP and on WebSocket.
import { maxAliasesRule } from '@escape.tech/graphql-armor-max-aliases';
import { maxDepthRule } from '@escape.tech/graphql-armor-max-depth';
import {
  type ASTVisitor,
  GraphQLError,
  Kind,
  NoSchemaIntrospectionCustomRule,
  type OperationDefinitionNode,
  type ValidationContext,
  type ValidationRule,
} from 'graphql';
import { rootFieldsOf } from './root-fields.js';

const MAX_DEPTH = 10;
const MAX_ALIASES = 30;
const MAX_ROOT_FIELDS = 10;
const MAX_DIRECTIVES = 50;

/** Variables do not count: a batch of a thousand instances travels as one. */
export const PARSE_LIMITS = { maxTokens: 2000 } as const;

/** The rules beside GraphQL's own; introspection (whose depth graphql itself bounds) is refused unless allowed. */
export function limitRules({ introspection }: { readonly introspection: boolean }): ValidationRule[] {
  return [
    (context) => maxDepthRule({ n: MAX_DEPTH, flattenFragments: true, ...reportedBy(context) })(context),
    (context) => maxAliasesRule({ n: MAX_ALIASES, ...reportedBy(context) })(context),
    rootFieldsRule,
    directivesRule,
    ...(introspection ? [] : [NoSchemaIntrospectionCustomRule]),
  ];
}

// The two rules would throw by default, which ends in a masked error instead of a validation error.
function reportedBy(context: ValidationContext) {
  return {
    propagateOnRejection: false,
    onReject: [(_: unknown, error: GraphQLError) => context.reportError(error)],
  };
}

function rootFieldsRule(context: ValidationContext): ASTVisitor {
  return {
    [Kind.OPERATION_DEFINITION]: (operation: OperationDefinitionNode) => {
      const fields = rootFieldsOf(operation, (name) => context.getFragment(name) ?? undefined);
      if (fields.length > MAX_ROOT_FIELDS)
        context.reportError(
          new GraphQLError(`At most ${MAX_ROOT_FIELDS} root fields per operation.`, { nodes: operation }),
        );
    },
  };
}

function directivesRule(context: ValidationContext): ASTVisitor {
  let count = 0;
  return {
    [Kind.DIRECTIVE]: () => {
      count++;
      if (count === MAX_DIRECTIVES + 1)
        context.reportError(new GraphQLError(`At most ${MAX_DIRECTIVES} directives per document.`));
    },
  };
}

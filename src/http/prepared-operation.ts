// One operation of a document that passed, ready to run; run often, it is compiled.
import {
  type DocumentNode,
  execute,
  type ExecutionResult,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  type OperationTypeNode,
} from 'graphql';
import type { CompiledQuery } from 'graphql-jit';
import type { RequestContext } from '../resolvers/request-context.js';
import { compileOperation } from './compile-operation.js';
import { lonePredict } from './lone-predict.js';
import { type RootField, rootFieldsOf } from './root-fields.js';

export interface PreparedOperation {
  readonly document: DocumentNode;
  readonly name: string | undefined;
  readonly kind: OperationTypeNode;
  readonly rootFields: readonly RootField[];
  /** The names of its root fields, for logs and labels. */
  readonly fieldNames: string;
  /** Where it is a lone `predict`: for which model, before anything is run. */
  readonly predicts: ReturnType<typeof lonePredict>;
  /** A result without `data` refuses the variables: nothing has run. */
  run(request: OperationRequest): ExecutionResult | Promise<ExecutionResult>;
}

export interface OperationRequest {
  readonly variables: Readonly<Record<string, unknown>> | undefined;
  readonly context: RequestContext;
  /** What was published, where the operation is a subscription. */
  readonly event?: unknown;
}

// Compiling takes a millisecond or two and leaves code behind: too much for a client that sends ever new documents.
const RUNS_BEFORE_COMPILING = 20;

export function prepareOne(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): PreparedOperation {
  const name = operation.name?.value;
  const rootFields = rootFieldsOf(operation, (fragment) => findFragment(document, fragment));
  let runs = 0;
  let compiled: CompiledQuery | undefined;

  const interpret = ({ variables, context, event }: OperationRequest) =>
    execute({
      schema,
      document,
      operationName: name,
      rootValue: event,
      contextValue: context,
      variableValues: variables,
    });

  return {
    document,
    name,
    kind: operation.operation,
    rootFields,
    fieldNames: rootFields.map((field) => field.name).join(','),
    predicts: lonePredict(operation),
    run(request) {
      runs++;
      if (runs === RUNS_BEFORE_COMPILING) compiled = compileOperation(schema, document, operation);
      if (compiled === undefined) return interpret(request);
      // Of refused variables the compiled operation does not say where in the input they are wrong.
      const orInWords = (result: ExecutionResult) =>
        result.data === undefined ? interpret(request) : result;
      const result = compiled.query(request.event, request.context, request.variables);
      return result instanceof Promise ? result.then(orInWords) : orInWords(result);
    },
  };
}

function findFragment({ definitions }: DocumentNode, name: string): FragmentDefinitionNode | undefined {
  return definitions.find(
    (definition): definition is FragmentDefinitionNode =>
      definition.kind === Kind.FRAGMENT_DEFINITION && definition.name.value === name,
  );
}

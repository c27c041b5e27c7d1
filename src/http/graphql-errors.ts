// What a client sees of an error: codes of the catalogue and of GraphQL itself; anything else is masked and logged once.
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import type { Logger } from 'pino';
import { AppError, isRetryable, sentenceOf, toErrorCode } from '../errors.js';

const HINT = / ?Did you mean(.+?)\?$/;

/**
 * Keeps message and code of expected errors, with `retryable` and the details of the code; never a stack. Without
 * introspection GraphQL's spelling hints are left out, as they would tell the names it hides.
 */
export function toClientError(error: unknown, introspection: boolean): GraphQLFormattedError {
  const place = error instanceof GraphQLError ? placeOf(error) : {};
  const cause = causeOf(error);
  if (cause instanceof AppError && cause.code !== 'INTERNAL') {
    const extensions = { ...cause.details, code: cause.code, retryable: cause.retryable };
    return { message: cause.message, ...place, extensions };
  }
  const code = error instanceof GraphQLError ? graphqlCodeOf(error) : undefined;
  if (error instanceof GraphQLError && code !== undefined)
    return {
      message: introspection ? error.message : error.message.replace(HINT, ''),
      ...place,
      extensions: { code, retryable: isRetryable(toErrorCode(code)) },
    };
  return {
    message: sentenceOf('INTERNAL'),
    ...place,
    extensions: { code: 'INTERNAL', retryable: isRetryable('INTERNAL') },
  };
}

/** The code alone, as metrics and logs want it. */
export function codeOf(error: unknown): string {
  const cause = causeOf(error);
  if (cause instanceof AppError) return cause.code;
  return (error instanceof GraphQLError ? graphqlCodeOf(error) : undefined) ?? 'INTERNAL';
}

/** Logs each masked error with its stack and cause; variables never get here. */
export function logMasked(errors: readonly unknown[], log: Logger, traceId: string): void {
  for (const error of errors) {
    if (codeOf(error) !== 'INTERNAL') continue;
    const path = error instanceof GraphQLError ? error.path?.join('.') : undefined;
    log.error({ err: causeOf(error), traceId, path }, 'unexpected error behind a GraphQL field');
  }
}

/** Tags errors that GraphQL itself raised before execution. */
export function withCode(errors: readonly GraphQLError[], code: string): GraphQLError[] {
  return errors.map(({ message, nodes, source, positions }) => {
    const place = { ...(nodes && { nodes }), ...(source && { source }), ...(positions && { positions }) };
    return new GraphQLError(message, { ...place, extensions: { code } });
  });
}

function causeOf(error: unknown): unknown {
  let cause = error;
  while (cause instanceof GraphQLError && cause.originalError !== undefined) cause = cause.originalError;
  return cause;
}

function graphqlCodeOf(error: GraphQLError): string | undefined {
  // A compiled operation's errors may have none.
  const { code } = { ...error.extensions };
  if (typeof code === 'string' && code !== 'INTERNAL_SERVER_ERROR') return code;
  if (causeOf(error) !== error && !(causeOf(error) instanceof GraphQLError)) return undefined;
  // Raised by graphql while it read variables (no path yet) or an argument that holds a variable.
  if (error.path === undefined && error.nodes !== undefined) return 'BAD_USER_INPUT';
  return error.message.startsWith('Argument "') ? 'BAD_USER_INPUT' : undefined;
}

function placeOf({ path, locations }: GraphQLError): Pick<GraphQLFormattedError, 'path' | 'locations'> {
  return { ...(locations && { locations }), ...(path && { path }) };
}

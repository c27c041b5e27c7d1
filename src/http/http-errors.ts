// Failures of the HTTP request itself (too large, not JSON, unknown path) in the shape GraphQL clients read errors in.
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { isRetryable, sentenceOf, toErrorCode } from '../errors.js';
import type { AnswerType } from './accepted-type.js';

export interface HttpFailure {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const FAILURES: Readonly<Record<string, HttpFailure>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: {
    status: 413,
    code: 'PAYLOAD_TOO_LARGE',
    message: sentenceOf('PAYLOAD_TOO_LARGE'),
  },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    status: 415,
    code: 'UNSUPPORTED_MEDIA_TYPE',
    message: 'Send the body as application/json.',
  },
  FST_ERR_CTP_INVALID_JSON_BODY: { status: 400, code: 'BAD_REQUEST', message: 'The body is not valid JSON.' },
};
const BAD_REQUEST: HttpFailure = { status: 400, code: 'BAD_REQUEST', message: 'The request is malformed.' };
const INTERNAL: HttpFailure = { status: 500, code: 'INTERNAL', message: sentenceOf('INTERNAL') };
const LINGER_BYTES = 64 * 1024 * 1024;

/** Answers a coded error; what is not the client's doing is masked and logged with its stack. */
export function createHttpErrorHandler(log: Logger) {
  return (error: FastifyError, request: FastifyRequest, reply: FastifyReply): void => {
    const failure = failureOf(error);
    if (failure === INTERNAL) log.error({ err: error, traceId: request.id }, 'unexpected error in a request');
    // Closing at once would often reach the client as a broken pipe instead of this answer; up to a bound, read on.
    if (failure.status === 413 && Number(request.headers['content-length'] ?? 0) <= LINGER_BYTES)
      void reply.removeHeader('connection');
    sendFailure(reply, failure);
  };
}

export function sendFailure(
  reply: FastifyReply,
  { status, code, message, headers = {} }: HttpFailure,
  type: AnswerType = 'application/json; charset=utf-8',
): void {
  const retryable = isRetryable(toErrorCode(code));
  void reply
    .code(status)
    .headers(headers)
    .type(type)
    .send({ errors: [{ message, extensions: { code, retryable } }] });
}

function failureOf({ code, statusCode }: FastifyError): HttpFailure {
  const known = FAILURES[code];
  if (known !== undefined) return known;
  // A Host header that makes no URL.
  if (code === 'ERR_INVALID_URL') return BAD_REQUEST;
  return statusCode !== undefined && statusCode >= 400 && statusCode < 500
    ? { ...BAD_REQUEST, status: statusCode }
    : INTERNAL;
}

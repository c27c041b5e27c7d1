// The error catalogue: every code a client can meet, with what it says and whether a retry can help.

/** One problem with one part of an input; `path` names the field, as in `input.features.petal_width`. */
export interface InputIssue {
  readonly path: string;
  readonly message: string;
}

const CATALOGUE = {
  INVALID_INPUT: { retryable: false, message: 'The input is not valid; see the issues for each field.' },
  MODEL_NOT_FOUND: { retryable: false, message: 'There is no model of this name.' },
  VERSION_NOT_FOUND: { retryable: false, message: 'The model has no such version.' },
  PREDICTION_NOT_FOUND: { retryable: false, message: 'There is no prediction with this id.' },
  UPLOAD_NOT_FOUND: {
    retryable: false,
    message: 'There is no upload with this id, or it has expired; open another with createUpload.',
  },
  ALERT_NOT_FOUND: { retryable: false, message: 'There is no alert with this id.' },
  IDEMPOTENCY_CONFLICT: {
    retryable: false,
    message: 'This requestId was used before with another body; send a new requestId.',
  },
  PAYLOAD_TOO_LARGE: { retryable: false, message: 'The request is larger than this server accepts.' },
  UNSUPPORTED_MEDIA_TYPE: {
    retryable: false,
    message: 'This server takes pictures as JPEG, PNG, WebP and TIFF.',
  },
  IMAGE_REJECTED: { retryable: false, message: 'The picture cannot be read, or is not allowed.' },
  RATE_LIMITED: {
    retryable: true,
    message: 'This client has as much under way as it may; retry when some of it is answered.',
  },
  OVERLOADED: { retryable: true, message: 'The server has more work than it can do in time; retry later.' },
  DEADLINE_EXCEEDED: { retryable: true, message: 'No answer came within the deadline.' },
  UNAVAILABLE: { retryable: true, message: 'A part this request needs cannot be reached; retry soon.' },
  INFERENCE_FAILED: { retryable: false, message: 'The model failed on this input.' },
  INTERNAL: { retryable: false, message: 'Something went wrong on the server.' },
} as const satisfies Record<string, { retryable: boolean; message: string }>;

export type ErrorCode = keyof typeof CATALOGUE;

/** What a client may read beside the code; every field is optional and code-specific. */
export interface ErrorDetails {
  readonly issues?: readonly InputIssue[];
  readonly retryAfterMs?: number;
  readonly predictionId?: string;
}

/** An expected failure: a stable code, a sentence that says what to do, and whether to retry. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message?: string, options: { cause?: unknown; details?: ErrorDetails } = {}) {
    // Where an expected failure arose helps nobody, and writing that down would make a refusal dearer than an answer.
    const { stackTraceLimit } = Error;
    if (code !== 'INTERNAL') Error.stackTraceLimit = 0;
    super(message ?? sentenceOf(code), options.cause === undefined ? undefined : { cause: options.cause });
    Error.stackTraceLimit = stackTraceLimit;
    this.name = 'AppError';
    this.code = code;
    this.retryable = CATALOGUE[code].retryable;
    this.details = options.details ?? {};
  }
}

/** Narrows a string that came back over the wire to a code of the catalogue; unknown ones become INTERNAL. */
export function toErrorCode(code: string): ErrorCode {
  return Object.hasOwn(CATALOGUE, code) ? (code as ErrorCode) : 'INTERNAL';
}

/** What a code says when nothing more is known. */
export function sentenceOf(code: ErrorCode): string {
  return CATALOGUE[code].message;
}

/** True when a client that sends the same request again may be served. */
export function isRetryable(code: ErrorCode): boolean {
  return CATALOGUE[code].retryable;
}

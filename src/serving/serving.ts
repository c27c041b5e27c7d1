// The face of serving: the only way a prediction is asked for.
import type { AppError, InputIssue, ErrorCode } from '../errors.js';
import type { RowRequest } from '../events/prediction-batch.js';
import type { TrueBox } from '../events/picture.js';
import type { PredictionRecord, PredictionStatus } from '../events/prediction-record.js';

export interface PredictRequest {
  readonly model: string;
  readonly version?: number | undefined;
  readonly features: Readonly<Record<string, unknown>>;
  readonly requestId?: string | undefined;
  readonly subject?: string | undefined;
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
  /** In place of the manifest's, for a picture; each 0 to 1. */
  readonly thresholds?: RowRequest['thresholds'];
  readonly deadlineMs?: number | undefined;
  /** The HTTP request's id, for log lines in every room. */
  readonly traceId: string;
  /** Whose rows in flight are bounded together; an address, never logged or stored. */
  readonly client?: string | undefined;
  /** When it came to this process, epoch ms: now, when left out. */
  readonly receivedAt?: number | undefined;
}

export interface PredictBatchRequest {
  readonly model: string;
  readonly version?: number | undefined;
  readonly instances: readonly Readonly<Record<string, unknown>>[];
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
  readonly deadlineMs?: number | undefined;
  readonly traceId: string;
  /** Whose rows in flight are bounded together; an address, never logged or stored. */
  readonly client?: string | undefined;
  /** When it came to this process, epoch ms: now, when left out. */
  readonly receivedAt?: number | undefined;
}

export interface BatchItemError {
  readonly index: number;
  readonly code: ErrorCode;
  readonly message: string;
  readonly issues: readonly InputIssue[];
}

/** The truth about one prediction: a label for classification, a value for regression, all that is there for detection. */
export interface FeedbackRequest {
  readonly predictionId: string;
  readonly label?: string | undefined;
  readonly value?: number | undefined;
  readonly detections?: readonly TrueBox[] | undefined;
}

/** How many were taken, and what was wrong with each of the others. */
export interface FeedbackAnswer {
  readonly accepted: number;
  readonly errors: readonly BatchItemError[];
}

export interface BatchAnswer {
  /** In input order, failed ones left out. */
  readonly predictions: readonly PredictionRecord[];
  readonly errors: readonly BatchItemError[];
}

/** What a submitted prediction can be followed by. */
export interface PredictionTicket {
  readonly id: string;
  readonly status: PredictionStatus;
}

/** All methods throw AppError with the codes of the contract. */
export interface Serving {
  /** What one more prediction of this model would be refused with just now, by its line alone; it is then counted as refused. */
  refusal(model: string, version: number | undefined): AppError | undefined;
  predict(request: PredictRequest): Promise<PredictionRecord>;
  predictBatch(request: PredictBatchRequest): Promise<BatchAnswer>;
  /** Resolves once the queue holds it; a retry by requestId answers how far the first attempt is. */
  submit(request: PredictRequest): Promise<PredictionTicket>;
  /** A prediction this process or the queue still knows though the log may not yet; undefined when nobody does. */
  recent(id: string): Promise<PredictionRecord | undefined>;
  /** Stops taking requests and waits for those in flight, at most `graceMs`. */
  drain(graceMs: number): Promise<void>;
}

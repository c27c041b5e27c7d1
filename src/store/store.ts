// The face of the store: what the rest of the house may write to and ask of Postgres, embedded or server.
import type { Alert, AlertState, AlertTransition, Severity } from '../events/alert-transition.js';
import type { FeedbackBatch } from '../events/feedback-batch.js';
import type { TrueBox } from '../events/picture.js';
import type { MonitorReport } from '../events/monitor-report.js';
import type { PredictionBatch } from '../events/prediction-batch.js';
import type { PredictionRecord } from '../events/prediction-record.js';
import type { ModelManifest } from '../manifest/model-manifest.js';

/** A slice of a list, newest first; `cursor` is opaque to clients and stable under inserts. */
export interface Page<T> {
  readonly items: readonly { readonly cursor: string; readonly item: T }[];
  readonly hasNextPage: boolean;
}

/** The next `first` items behind the cursor `after`, or the newest. */
export interface PageRequest {
  readonly first: number;
  readonly after: string | undefined;
}

/** True labels as last received for one prediction. */
export interface StoredFeedback {
  readonly label: string | null;
  readonly value: number | null;
  readonly detections: readonly TrueBox[] | null;
  readonly receivedAt: number;
}

/** A prediction as recorded, with what was last learned about its truth. */
export type StoredPrediction = PredictionRecord & { readonly feedback: StoredFeedback | null };

/** Every condition left out is no condition; times in epoch ms, both ends included. */
export interface PredictionQuery {
  readonly model?: string | undefined;
  readonly version?: number | undefined;
  readonly label?: string | undefined;
  readonly status?: 'completed' | 'failed' | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly minConfidence?: number | undefined;
  readonly maxConfidence?: number | undefined;
  readonly hasFeedback?: boolean | undefined;
}

/** One row of an executed batch. */
export interface BatchRow {
  readonly batch: PredictionBatch;
  readonly row: number;
}

/** Predictions and their feedback. */
export interface PredictionStore {
  /** Writes each id once, however often it is offered; what is read back is what `recordsOf` makes of the batches. */
  record(rows: readonly BatchRow[]): Promise<void>;
  recordFeedback(batches: readonly FeedbackBatch[]): Promise<void>;
  find(ids: readonly string[]): Promise<Map<string, StoredPrediction>>;
  list(query: PredictionQuery, page: PageRequest): Promise<Page<StoredPrediction>>;
}

/** Which series and which stretch of time, epoch ms, both ends included. */
export interface MeasurementQuery {
  readonly model: string;
  readonly version?: number | undefined;
  readonly names?: readonly string[] | undefined;
  readonly from: number;
  readonly to: number;
  /** Points within one step become one: mean of values weighted by n, sum of n. */
  readonly stepSeconds?: number | undefined;
}

/** Points in order of time; `at` in epoch ms. */
export interface MeasurementSeries {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly unit: string | null;
  readonly points: readonly { readonly at: number; readonly value: number; readonly n: number }[];
}

/** What monitors measured, as series. */
export interface MeasurementStore {
  /** `entryId` is the stream entry's id: the same entry recorded twice stays one. */
  record(reports: readonly { readonly entryId: string; readonly report: MonitorReport }[]): Promise<void>;
  series(query: MeasurementQuery): Promise<MeasurementSeries[]>;
}

/** Every condition left out is no condition; times are those of the start, epoch ms, both ends included. */
export interface AlertQuery {
  readonly model?: string | undefined;
  readonly monitor?: string | undefined;
  readonly states?: readonly AlertState[] | undefined;
  readonly minSeverity?: Severity | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

/** An alert as it last stood, with its history, oldest first. */
export type StoredAlert = Alert & { readonly history: readonly AlertHistoryEntry[] };

/** One transition, without the alert it belongs to. */
export type AlertHistoryEntry = Pick<AlertTransition, 'from' | 'to' | 'at' | 'by' | 'comment' | 'value'>;

/** Alerts and their transitions. */
export interface AlertStore {
  /** Keeps every transition once by id; the alert itself moves forward only, whatever the order of arrival. */
  record(transitions: readonly AlertTransition[]): Promise<void>;
  find(id: string): Promise<StoredAlert | undefined>;
  list(query: AlertQuery, page: PageRequest): Promise<Page<StoredAlert>>;
}

/** One version of a model and a stretch of time by the predictions' ids, epoch ms, both ends included. */
export interface LogQuery {
  readonly model: string;
  readonly version: number;
  readonly from: number;
  readonly to: number;
  /** The settings that say by which segments labels are told apart. */
  readonly monitors: ModelManifest['monitors'];
}

/** An event as the streams carried it. */
export type LoggedEvent =
  | { readonly kind: 'prediction'; readonly batch: PredictionBatch }
  | { readonly kind: 'feedback'; readonly batch: FeedbackBatch };

/** The database; every read and write rejects with UNAVAILABLE while it is away. */
export interface Store {
  readonly predictions: PredictionStore;
  readonly measurements: MeasurementStore;
  readonly alerts: AlertStore;
  /** What happened to one version of a model, as the events it was recorded from. */
  log(query: LogQuery): AsyncIterable<LoggedEvent>;
  /** Drops whole days older than `days`; answers the names of what it dropped. */
  enforceRetention(days: number, now: number): Promise<string[]>;
  /** Resolves when the database answers, rejects within `timeoutMs` otherwise. */
  ping(timeoutMs: number): Promise<void>;
  close(): Promise<void>;
}

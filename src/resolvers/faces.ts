// What the API asks of the rooms behind it; the composition hands these in.
import type { AcknowledgedAlert, AlertTransition } from '../events/alert-transition.js';
import type { MonitorReport } from '../events/monitor-report.js';
import type { PictureProgressEvent } from '../events/picture-progress.js';
import type { PredictionRecord } from '../events/prediction-record.js';
import type { Registry } from '../registry/registry.js';
import type { FeedbackAnswer, FeedbackRequest, Serving } from '../serving/serving.js';
import type { Store } from '../store/store.js';
import type { Feed } from './live-feed.js';

export type HealthWord = 'ok' | 'degraded' | 'down';

export interface DependencyState {
  readonly name: string;
  readonly status: HealthWord;
  readonly detail: string | null;
}

export interface HealthReport {
  readonly status: HealthWord;
  readonly version: string;
  readonly uptimeSeconds: number;
  readonly dependencies: readonly DependencyState[];
  readonly models: readonly {
    readonly model: string;
    readonly version: number;
    readonly loaded: boolean;
    readonly status: HealthWord;
  }[];
}

/** One worker process as its last heartbeat described it; `lastSeenAt` in epoch ms. */
export interface WorkerHeartbeat {
  readonly id: string;
  readonly host: string;
  readonly roles: readonly string[];
  readonly providers: readonly string[];
  readonly models: readonly string[];
  readonly activeJobs: number;
  readonly completedJobs: number;
  readonly memoryBytes: number;
  readonly lastSeenAt: number;
}

/** A silence of the alerts it matches, what is null matching all; `until` in epoch ms. */
export interface SilenceRecord {
  readonly id: string;
  readonly model: string | null;
  readonly monitor: string | null;
  readonly key: string | null;
  readonly until: number;
  readonly comment: string;
  readonly createdBy: string | null;
}

/** Everything the API needs; every function throws AppError with codes of the contract. */
export interface ApiFaces {
  readonly registry: Registry;
  readonly serving: Serving;
  readonly store: Pick<Store, 'predictions' | 'measurements' | 'alerts'>;
  /** A bad item fails alone and is named by its index. */
  submitFeedback(items: readonly FeedbackRequest[]): Promise<FeedbackAnswer>;
  readonly uploads: {
    /** Bytes are then awaited at `PUT /uploads/<id>`, until the epoch ms. Throws INVALID_INPUT, UNSUPPORTED_MEDIA_TYPE, OVERLOADED. */
    open(upload: {
      readonly sizeBytes: number;
      readonly contentType: string;
      readonly sha256?: string | undefined;
    }): Promise<{ readonly id: string; readonly expiresAt: number }>;
    /** A picture that came with a request; the same bytes get the same id. Throws IMAGE_REJECTED. */
    store(bytes: Uint8Array): Promise<{ readonly id: string }>;
  };
  /** Throws ALERT_NOT_FOUND. */
  acknowledge(id: string, by: string, comment: string | undefined): Promise<AcknowledgedAlert>;
  readonly silences: {
    /** Throws INVALID_INPUT when it would be over already, no such monitor watches, or there are too many. */
    add(silence: Omit<SilenceRecord, 'id'>): Promise<SilenceRecord>;
    /** Those that are not over, the first to end first. */
    list(): Promise<readonly SilenceRecord[]>;
    end(id: string): Promise<SilenceRecord | undefined>;
  };
  /** The last report of every monitor, of one model or of all. */
  monitorReports(model: string | undefined): Promise<readonly MonitorReport[]>;
  workers(): Promise<readonly WorkerHeartbeat[]>;
  health(): Promise<HealthReport>;
  readonly live: {
    readonly predictions: Feed<PredictionRecord>;
    readonly reports: Feed<MonitorReport>;
    readonly alerts: Feed<AlertTransition>;
    readonly progress: Feed<PictureProgressEvent>;
  };
  /** Epoch ms. */
  now(): number;
}

// Every metric Vigie exports about itself, in one place; monitors' measurements are added by name in src/monitors.
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const ROWS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];

/** Creates a registry with all metrics; labels are bounded: models, versions, queues, codes and GraphQL fields. */
export function createMetrics() {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  return {
    registry,
    httpRequestSeconds: new Histogram({
      name: 'vigie_http_request_seconds',
      help: 'HTTP requests by route, method and status',
      labelNames: ['route', 'method', 'status'],
      buckets: SECONDS,
      registers,
    }),
    graphqlFieldSeconds: new Histogram({
      name: 'vigie_graphql_operation_seconds',
      help: 'GraphQL operations by root field and outcome (ok or error code)',
      labelNames: ['operation', 'outcome'],
      buckets: SECONDS,
      registers,
    }),
    openRequests: new Gauge({
      name: 'vigie_graphql_open_requests',
      help: 'GraphQL requests under way, subscriptions not counted',
      registers,
    }),
    refusedRequests: new Counter({
      name: 'vigie_graphql_refused_requests_total',
      help: 'GraphQL requests refused because too many were under way',
      registers,
    }),
    uploads: new Counter({
      name: 'vigie_uploads_total',
      help: 'Transfers of pictures to this API process, by outcome (ok or error code)',
      labelNames: ['outcome'],
      registers,
    }),
    subscriptions: new Gauge({
      name: 'vigie_graphql_subscriptions',
      help: 'Open GraphQL subscriptions by field',
      labelNames: ['field'],
      registers,
    }),
    sockets: new Gauge({ name: 'vigie_graphql_sockets', help: 'Open GraphQL WebSockets', registers }),
    feedDropped: new Counter({
      name: 'vigie_feed_dropped_total',
      help: 'Live items dropped because a subscriber read too slowly, by feed',
      labelNames: ['feed'],
      registers,
    }),
    predictions: new Counter({
      name: 'vigie_predictions_total',
      help: 'Predictions answered by this API process, by outcome (ok or error code)',
      labelNames: ['model', 'version', 'outcome'],
      registers,
    }),
    predictionSeconds: new Histogram({
      name: 'vigie_prediction_seconds',
      help: 'From the arrival of a request to its answer',
      labelNames: ['model', 'version'],
      buckets: SECONDS,
      registers,
    }),
    queueWaitSeconds: new Histogram({
      name: 'vigie_queue_wait_seconds',
      help: 'From the arrival of a row to the start of its inference',
      labelNames: ['model', 'version'],
      buckets: SECONDS,
      registers,
    }),
    computeSeconds: new Histogram({
      name: 'vigie_compute_seconds',
      help: 'One inference call on one batch',
      labelNames: ['model', 'version'],
      buckets: SECONDS,
      registers,
    }),
    tileBatchSize: new Histogram({
      name: 'vigie_tile_batch_size',
      help: 'Tiles of pictures that shared one inference call',
      labelNames: ['model', 'version'],
      buckets: [1, 2, 4, 8, 16, 32, 64],
      registers,
    }),
    batchRows: new Histogram({
      name: 'vigie_batch_rows',
      help: 'Rows in an executed batch',
      labelNames: ['model', 'version'],
      buckets: ROWS,
      registers,
    }),
    batcherWaiting: new Gauge({
      name: 'vigie_batcher_waiting_rows',
      help: 'Rows waiting in this API process for a batch to leave',
      labelNames: ['model', 'version'],
      registers,
    }),
    batcherBatches: new Gauge({
      name: 'vigie_batcher_batches_in_flight',
      help: 'Batches this API process has under way',
      labelNames: ['model', 'version'],
      registers,
    }),
    batcherLimit: new Gauge({
      name: 'vigie_batcher_batch_limit',
      help: 'Cost units (rows, unless rows differ in size) up to which the last batch could be filled, as learned',
      labelNames: ['model', 'version'],
      registers,
    }),
    batcherSecondsPerCost: new Gauge({
      name: 'vigie_batcher_cost_seconds',
      help: 'Fitted inference time of one more cost unit in a batch: the a of a * n + b',
      labelNames: ['model', 'version'],
      registers,
    }),
    batcherFixedSeconds: new Gauge({
      name: 'vigie_batcher_fixed_seconds',
      help: 'Fitted inference time of a batch whatever is in it: the b of a * n + b',
      labelNames: ['model', 'version'],
      registers,
    }),
    batcherOverheadSeconds: new Gauge({
      name: 'vigie_batcher_overhead_seconds',
      help: 'What a batch that meets a free worker takes beside inference: queue, Redis, threads',
      labelNames: ['model', 'version'],
      registers,
    }),
    batcherWaitSeconds: new Histogram({
      name: 'vigie_batcher_wait_seconds',
      help: 'From the arrival of a request to the departure of a batch with rows of it',
      labelNames: ['model', 'version'],
      buckets: SECONDS,
      registers,
    }),
    batcherRefused: new Counter({
      name: 'vigie_batcher_refused_rows_total',
      help: 'Rows refused before they left, by reason: rows (too many wait), wait (too long a line), deadline (could not be met), client (one has too many)',
      labelNames: ['model', 'version', 'reason'],
      registers,
    }),
    answerCache: new Counter({
      name: 'vigie_answer_cache_total',
      help: 'Rows looked up in the answer cache of a model that has one, by outcome (hit or miss)',
      labelNames: ['model', 'version', 'outcome'],
      registers,
    }),
    queueJobs: new Gauge({
      name: 'vigie_queue_jobs',
      help: 'Jobs in a queue by state',
      labelNames: ['queue', 'state'],
      registers,
    }),
    jobs: new Counter({
      name: 'vigie_jobs_total',
      help: 'Jobs handled by this process, by outcome (ok, retry or failed)',
      labelNames: ['job', 'outcome'],
      registers,
    }),
    jobSeconds: new Histogram({
      name: 'vigie_job_seconds',
      help: 'Time a job was handled for',
      labelNames: ['job'],
      buckets: SECONDS,
      registers,
    }),
    streamLag: new Gauge({
      name: 'vigie_stream_lag_entries',
      help: 'Entries a reading group has not taken yet',
      labelNames: ['stream', 'model', 'group'],
      registers,
    }),
    streamParked: new Counter({
      name: 'vigie_stream_parked_total',
      help: 'Entries a group could not read, and rows the database refused, set aside in the stream of the same name with :parked',
      labelNames: ['stream', 'model', 'group'],
      registers,
    }),
    streamUnreadable: new Counter({
      name: 'vigie_stream_unreadable_total',
      help: 'Entries a reader without a group could not read and skipped',
      labelNames: ['stream', 'model'],
      registers,
    }),
    streamTrimmedUnread: new Counter({
      name: 'vigie_stream_trimmed_unread_total',
      help: 'Entries dropped by the length cap before every group had read them, as this process saw it',
      labelNames: ['stream', 'model'],
      registers,
    }),
    recorded: new Counter({
      name: 'vigie_recorded_total',
      help: 'Rows the store took by kind, those it had already included',
      labelNames: ['kind'],
      registers,
    }),
    recorderErrors: new Counter({
      name: 'vigie_recorder_errors_total',
      help: 'Failed attempts to write to the store; the entries stay in the stream and are offered again',
      registers,
    }),
    monitorErrors: new Counter({
      name: 'vigie_monitor_errors_total',
      help: 'Failures of monitor plugins by method: throws, unsound answers, late ones; "thread" when theirs ended',
      labelNames: ['model', 'monitor', 'method'],
      registers,
    }),
    monitorEvaluationSeconds: new Histogram({
      name: 'vigie_monitor_evaluation_seconds',
      help: 'One evaluation of one monitor',
      labelNames: ['model', 'monitor'],
      buckets: SECONDS,
      registers,
    }),
    leases: new Gauge({
      name: 'vigie_monitor_leases',
      help: '1 for each model this process watches',
      labelNames: ['model'],
      registers,
    }),
    notifications: new Counter({
      name: 'vigie_notifications_total',
      help: 'Deliveries to alert sinks by outcome (ok, retry or failed)',
      labelNames: ['sink', 'outcome'],
      registers,
    }),
    modelFolderProblems: new Gauge({
      name: 'vigie_model_folder_problems',
      help: 'What keeps a change of a model folder from being followed; the log names each file',
      labelNames: ['model'],
      registers,
    }),
    productionVersion: new Gauge({
      name: 'vigie_production_version',
      help: 'The number of the version that this API process answers with when a request names none',
      labelNames: ['model'],
      registers,
    }),
    providers: new Gauge({
      name: 'vigie_inference_providers',
      help: '1 for each execution provider this worker can use',
      labelNames: ['provider'],
      registers,
    }),
    providerFallbacks: new Counter({
      name: 'vigie_inference_provider_fallbacks_total',
      help: 'Times an execution provider asked for could not be used: at the start of this worker, or by one model',
      labelNames: ['provider'],
      registers,
    }),
    inferenceSessions: new Gauge({
      name: 'vigie_inference_sessions',
      help: 'Open sessions in all threads of this worker',
      registers,
    }),
    inferenceSessionBytes: new Gauge({
      name: 'vigie_inference_session_bytes',
      help: 'What the open sessions are counted with: the growth of resident memory at their load, at least their files',
      registers,
    }),
    inferenceEvictions: new Counter({
      name: 'vigie_inference_evictions_total',
      help: 'Model versions let go for want of memory; they are loaded again when asked for',
      registers,
    }),
    dependencyUp: new Gauge({
      name: 'vigie_dependency_up',
      help: '1 while what this process leans on answers it: redis, postgres, workers',
      labelNames: ['dependency'],
      registers,
    }),
  };
}

export type Metrics = ReturnType<typeof createMetrics>;

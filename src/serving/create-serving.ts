// Asking for predictions: checks, pseudonyms, request ids, admission, batches, and the answer or a coded error.
import { setTimeout as wait } from 'node:timers/promises';
import { AppError, toErrorCode } from '../errors.js';
import type { RowRequest } from '../events/prediction-batch.js';
import type { PredictionRecord } from '../events/prediction-record.js';
import type { RedisConnections } from '../redis/redis-client.js';
import type { FeatureCheck } from './check-features.js';
import { createClientRows } from './client-rows.js';
import type { Lane } from './lane.js';
import { createLanes, type LanesOptions } from './lanes.js';
import { predictBatchWith } from './predict-batch.js';
import type { RecentPredictions } from './recent-predictions.js';
import { createReplay, isWorthARetry, type ReplayOptions } from './request-replay.js';
import type { Outcome, Row } from './row.js';
import type { PredictRequest, PredictionTicket, Serving } from './serving.js';

export interface ServingOptions extends ReplayOptions, LanesOptions {
  readonly redis: RedisConnections;
  readonly recent: RecentPredictions;
  /** Jobs of all processes that lay on this queue when it was last looked at, urgent or not. */
  readonly waitingJobs: (queue: Lane['target']['queue']) => number;
  readonly pseudonymise: (subject: string) => string;
  /** What is known of an upload. Throws UPLOAD_NOT_FOUND. */
  readonly findPicture: (
    uploadId: string,
  ) => Promise<{ readonly width: number; readonly height: number; readonly sha256: string }>;
  /** Rows of one client under way at once. */
  readonly maxRowsPerClient: number;
}

const DEFAULT_DEADLINE_MS = 10_000;
// A submitted prediction has nobody waiting, so it may outlast an outage.
const SUBMITTED_DEADLINE_MS = 3_600_000;

type Checked = Extract<ReturnType<FeatureCheck>, { ok: true }>;
type RowSource = Pick<
  PredictRequest,
  'traceId' | 'requestId' | 'subject' | 'metadata' | 'thresholds' | 'receivedAt'
>;

/** Creates the face; everything it needs is handed in and closed by the one who made it. */
export function createServing(options: ServingOptions): Serving {
  const { redis, dispatch, recent, lookUp, createId, now } = options;
  const lanes = createLanes(options);
  const clients = createClientRows(options.maxRowsPerClient);
  const replay = createReplay(options);
  let draining = false;
  let open = 0;

  /** Undefined where there is none: whoever asks in earnest is told why. */
  const laneOf = (model: string, version: number | undefined): Lane | undefined => {
    try {
      return lanes.of(model, version);
    } catch {
      return undefined;
    }
  };
  /** Makes the rows of one request, which share what came with it. */
  const rowsFrom = (source: RowSource, deadlineMs: number) => {
    const { requestId, subject, metadata, thresholds, traceId } = source;
    const shared: RowRequest = { traceId };
    if (requestId !== undefined) shared.requestId = requestId;
    if (subject !== undefined) shared.subject = options.pseudonymise(subject);
    if (metadata !== undefined) shared.metadata = metadata;
    if (thresholds !== undefined) shared.thresholds = thresholds;
    const receivedAt = source.receivedAt ?? now();
    const deadlineAt = receivedAt + deadlineMs;
    return ({ row: features, warnings }: Checked, id: string, cost?: number): Row => {
      const request = warnings.length === 0 ? shared : { ...shared, warnings: [...warnings] };
      return { id, features, request, receivedAt, deadlineAt, cost };
    };
  };

  const refuseWhileClosed = (jobsWaiting: number) => {
    if (draining) throw new AppError('UNAVAILABLE', 'This server is stopping; another one will answer.');
    if (!redis.ready()) throw new AppError('UNAVAILABLE', 'The queue cannot be reached.');
    if (jobsWaiting >= options.maxWaitingRows)
      throw new AppError('OVERLOADED', 'The queue is full.', { details: { retryAfterMs: 1000 } });
  };

  const workersOf = (lane: Lane) => ({
    admit(rows: readonly Row[]) {
      if (options.slots(lane.target.queue) === 0)
        throw new AppError('UNAVAILABLE', `No worker is taking work from ${lane.target.queue}.`);
      const [first] = rows;
      const refused = first && lane.refusal(rows.length, first);
      if (refused !== undefined) throw refused;
    },
    async run(rows: readonly Row[]): Promise<readonly Outcome[]> {
      const outcomes = await lane.run(rows);
      return outcomes.map((outcome, i) => {
        if (!(outcome instanceof AppError)) return outcome;
        // The reply may have come while the deadline passed: look before giving up.
        const found = recent.answered(rows[i]?.id ?? '');
        return found?.status === 'completed' ? found : outcome;
      });
    },
  });

  /** Outcomes in the order of the rows; throws when the request cannot be taken. */
  const ask = async (lane: Lane, rows: readonly Row[], client: string | undefined) => {
    // What was submitted waits behind what is awaited, so no backlog of it keeps a prediction out.
    refuseWhileClosed(options.urgentJobs(lane.target.queue));
    clients.begin(client, rows.length, () => {
      lane.metrics.refused('client', rows.length);
      return Math.max(50, lane.waitMs());
    });
    try {
      const workers = workersOf(lane);
      if (lane.throughCache !== undefined) return await lane.throughCache(rows, workers);
      workers.admit(rows);
      return await workers.run(rows);
    } finally {
      clients.end(client, rows.length);
    }
  };

  const post = async (lane: Lane, row: Row): Promise<PredictionTicket> => {
    refuseWhileClosed(options.waitingJobs(lane.target.queue));
    await dispatch.post(lane.target, row);
    await recent.notePending({ ...lane.target, row }).catch((cause: unknown) => {
      // It is on the queue by now: with its id in the error a retry by requestId finds it instead of making another.
      throw new AppError('UNAVAILABLE', undefined, { cause, details: { predictionId: row.id } });
    });
    return { id: row.id, status: 'queued' };
  };

  /** What a picture costs, and the request by what the picture is rather than by where its bytes lie this time. */
  const lookAt = async (lane: Lane, checked: Checked, request: PredictRequest) => {
    if (lane.picture === undefined) return { cost: undefined, same: request };
    const { feature } = lane.picture;
    const { width, height, sha256 } = await options.findPicture(String(checked.row[feature]));
    return {
      cost: lane.picture.tilesOf(width, height),
      same: { ...request, features: { [feature]: sha256 } },
    };
  };

  /** Counts the request as open, and how long it took. */
  const timed = async <T>(lane: Lane, work: () => Promise<T>): Promise<T> => {
    const startedAt = performance.now();
    open += 1;
    try {
      return await work();
    } finally {
      open -= 1;
      lane.metrics.took(performance.now() - startedAt);
    }
  };
  const counted = async <T>(lane: Lane, work: Promise<T>): Promise<T> => {
    try {
      const answer = await work;
      lane.metrics.answered('ok', 1);
      return answer;
    } catch (error) {
      lane.metrics.answered(error instanceof AppError ? error.code : 'INTERNAL', 1);
      throw error;
    }
  };
  const predictOne = async (lane: Lane, request: PredictRequest): Promise<PredictionRecord> => {
    const deadlineMs = request.deadlineMs ?? deadlineOf(lane);
    const checked = checkOne(lane, request);
    const { cost, same } = await lookAt(lane, checked, request);
    const first = async (id: string) => {
      const row = rowsFrom(request, deadlineMs)(checked, id, cost);
      const [outcome] = await ask(lane, [row], request.client);
      return completed(outcome);
    };
    return completed(await replay.once(same, deadlineMs, first, replay.follow(first)));
  };

  return {
    refusal(model, version) {
      const lane = laneOf(model, version);
      // What may be in the cache is not refused for what the workers have to do.
      if (lane === undefined || lane.throughCache !== undefined || draining) return undefined;
      const receivedAt = now();
      const refused = lane.refusal(1, { receivedAt, deadlineAt: receivedAt + DEFAULT_DEADLINE_MS });
      if (refused !== undefined) lane.metrics.answered(refused.code, 1);
      return refused;
    },
    async predict(request) {
      const lane = lanes.of(request.model, request.version);
      return await timed(lane, () => counted(lane, predictOne(lane, request)));
    },
    async predictBatch(request) {
      const lane = lanes.of(request.model, request.version);
      if (lane.picture !== undefined) throw ONE_PICTURE_AT_A_TIME();
      const deadlineMs = request.deadlineMs ?? DEFAULT_DEADLINE_MS;
      const rowOf = rowsFrom(request, deadlineMs);
      return await timed(lane, () =>
        predictBatchWith(request.instances, {
          check: lane.check,
          rowOf: (checked) => rowOf(checked, createId()),
          ask: (rows) => ask(lane, rows, request.client),
          count: (outcome, instances) => lane.metrics.answered(outcome, instances),
        }),
      );
    },
    async submit(request) {
      const lane = lanes.of(request.model, request.version);
      const deadlineMs = request.deadlineMs ?? SUBMITTED_DEADLINE_MS;
      const checked = checkOne(lane, request);
      const { cost, same } = await lookAt(lane, checked, request);
      const rowOf = rowsFrom(request, deadlineMs);
      const first = (id: string) => post(lane, rowOf(checked, id, cost));
      return await replay.once(same, deadlineMs, first, async ({ owner }) => {
        const record = await lookUp(owner);
        // Claimed but unknown: it is on its way this moment, or was lost before it left. Posted twice it is still one.
        if (record === undefined) return await first(owner);
        return isWorthARetry(record) ? undefined : { id: owner, status: record.status };
      });
    },
    recent: (id) => recent.find(id),
    async drain(graceMs) {
      draining = true;
      const until = now() + graceMs;
      while (open > 0 && now() < until) await wait(20);
    },
  };
}

// A large picture takes as long as thousands of rows.
const PICTURE_DEADLINE_MS = 60_000;

function deadlineOf({ picture }: Lane): number {
  return picture === undefined ? DEFAULT_DEADLINE_MS : PICTURE_DEADLINE_MS;
}

const ONE_PICTURE_AT_A_TIME = () =>
  new AppError('INVALID_INPUT', undefined, {
    details: {
      issues: [
        { path: 'input.model', message: 'takes one picture at a time; ask for each with predictImage' },
      ],
    },
  });

function checkOne(lane: Lane, { features }: PredictRequest): Checked {
  const checked = lane.check(features, 'input.features');
  if (!checked.ok) throw new AppError('INVALID_INPUT', undefined, { details: { issues: checked.issues } });
  return checked;
}

/** The prediction, unless it failed. */
function completed(outcome: Outcome | undefined): PredictionRecord {
  if (outcome === undefined) throw new AppError('INTERNAL');
  if (outcome instanceof AppError) throw outcome;
  if (outcome.error === null) return outcome;
  const { code, message } = outcome.error;
  throw new AppError(toErrorCode(code), message, { details: { predictionId: outcome.id } });
}

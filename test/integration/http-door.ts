// A door on a free port with small rooms in memory behind it, for tests of the door itself.
import pino from 'pino';
import { AppError } from '../../src/errors.js';
import type { AlertTransition } from '../../src/events/alert-transition.js';
import type { MonitorReport } from '../../src/events/monitor-report.js';
import type { PictureProgressEvent } from '../../src/events/picture-progress.js';
import type { PredictionRecord } from '../../src/events/prediction-record.js';
import { type HttpServerOptions, startHttpServer } from '../../src/http/start-http-server.js';
import { modelManifestSchema } from '../../src/manifest/model-manifest.js';
import { createMetrics } from '../../src/metrics.js';
import type { RegisteredModel } from '../../src/registry/registry.js';
import type { ApiFaces } from '../../src/resolvers/faces.js';
import { createFeed } from '../../src/resolvers/live-feed.js';
import { createSubmitFeedback } from '../../src/serving/submit-feedback.js';

export const MODEL = 'iris-classifier';
const CLASSES = ['setosa', 'versicolor'];

/** Predicts `setosa` for anything made of finite numbers; keeps what it made in memory. */
export function createRooms() {
  const made = new Map<string, PredictionRecord>();
  const held = new Set<() => void>();
  const clients: (string | undefined)[] = [];
  const busy = new Set<string>();
  const model = registeredModel();
  const registry: ApiFaces['registry'] = {
    models: () => [model],
    model: (name) => {
      if (name !== MODEL) throw new AppError('MODEL_NOT_FOUND');
      return model;
    },
    version: (name) => ({ model: registry.model(name), version: model.production }),
  };
  let dropped = 0;
  const live = {
    predictions: createFeed<PredictionRecord>(),
    reports: createFeed<MonitorReport>(),
    progress: createFeed<PictureProgressEvent>(),
    alerts: createFeed<AlertTransition>({ onDrop: () => dropped++ }),
  };
  const predict = (name: string, features: Readonly<Record<string, unknown>>): PredictionRecord => {
    registry.model(name);
    if (features['boom'] !== undefined) throw new Error('secret detail in src/rooms.ts');
    if (features['busy'] !== undefined)
      throw new AppError('OVERLOADED', undefined, { details: { retryAfterMs: 250 } });
    for (const [feature, value] of Object.entries(features)) {
      if (typeof value === 'number' && Number.isFinite(value)) continue;
      const issues = [{ path: `input.features.${feature}`, message: 'must be a finite number' }];
      throw new AppError('INVALID_INPUT', undefined, { details: { issues } });
    }
    const record = recordOf(`p${made.size + 1}`, features);
    made.set(record.id, record);
    live.predictions.publish(record);
    return record;
  };
  const faces: ApiFaces = {
    registry,
    live,
    serving: {
      refusal: (name) =>
        busy.has(name)
          ? new AppError('OVERLOADED', 'The line is full.', { details: { retryAfterMs: 250 } })
          : undefined,
      predict: async ({ model: name, features, metadata, client }) => {
        clients.push(client);
        if (metadata?.['hold'] === true) await new Promise<void>((resolve) => held.add(resolve));
        return predict(name, features);
      },
      predictBatch: ({ model: name, instances, client }) => {
        clients.push(client);
        const predictions: PredictionRecord[] = [];
        const errors: { index: number; code: AppError['code']; message: string; issues: [] }[] = [];
        instances.forEach((features, index) => {
          try {
            predictions.push(predict(name, features));
          } catch (error) {
            if (!(error instanceof AppError)) throw error;
            errors.push({ index, code: error.code, message: error.message, issues: [] });
          }
        });
        return Promise.resolve({ predictions, errors });
      },
      submit: ({ model: name, features }) =>
        Promise.resolve({ id: predict(name, features).id, status: 'queued' as const }),
      recent: (id) => Promise.resolve(made.get(id)),
      drain: () => Promise.resolve(),
    },
    store: {
      predictions: {
        record: () => Promise.resolve(),
        recordFeedback: () => Promise.resolve(),
        find: () => Promise.reject(new AppError('UNAVAILABLE')),
        list: () => Promise.resolve({ items: [], hasNextPage: false }),
      },
      measurements: { record: () => Promise.resolve(), series: () => Promise.resolve([]) },
      alerts: {
        record: () => Promise.resolve(),
        find: () => Promise.reject(new AppError('UNAVAILABLE')),
        list: () => Promise.reject(new AppError('UNAVAILABLE')),
      },
    },
    uploads: {
      open: () => Promise.reject(new AppError('UNAVAILABLE')),
      store: () => Promise.reject(new AppError('UNAVAILABLE')),
    },
    submitFeedback: createSubmitFeedback({
      find: (ids) => Promise.resolve(new Map([...made].filter(([id]) => ids.includes(id)))),
      registry,
      append: () => Promise.resolve(),
      createId: () => 'f',
      now: () => 0,
    }),
    acknowledge: () => Promise.reject(new AppError('ALERT_NOT_FOUND')),
    silences: {
      add: (silence) => Promise.resolve({ ...silence, id: 's1' }),
      list: () => Promise.resolve([]),
      end: () => Promise.resolve(undefined),
    },
    monitorReports: () => Promise.resolve([]),
    workers: () => Promise.resolve([]),
    health: () =>
      Promise.resolve({
        status: 'degraded',
        version: '0.1.0',
        uptimeSeconds: 1,
        dependencies: [{ name: 'postgres', status: 'down', detail: 'away' }],
        models: [{ model: MODEL, version: 1, loaded: true, status: 'ok' }],
      }),
    now: () => Date.now(),
  };
  return {
    faces,
    live,
    /** Models that have no time for more. */
    busy,
    droppedAlerts: () => dropped,
    /** Whom serving was told it works for. */
    clients: () => clients,
    release: () => held.forEach((go) => go()),
    holding: () => held.size,
  };
}

type Overrides = Partial<Omit<HttpServerOptions, 'graphql'>> & {
  readonly graphql?: Partial<NonNullable<HttpServerOptions['graphql']>> | false;
};

/** Starts the door; every log line it writes is kept in `lines`. */
export async function openDoor({ graphql = {}, ...overrides }: Overrides = {}) {
  const rooms = createRooms();
  const lines: string[] = [];
  const metrics = createMetrics();
  let ids = 0;
  const server = await startHttpServer({
    port: 0,
    host: '127.0.0.1',
    log: pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) }),
    metrics,
    createId: () => `id-${++ids}`,
    checks: () => Promise.resolve([{ name: 'redis', status: 'ok', detail: null }]),
    ...overrides,
    ...(graphql !== false && {
      graphql: { faces: rooms.faces, introspection: true, explorer: true, ...graphql },
    }),
  });
  return { server, rooms, lines, metrics, endpoint: `${server.url}/graphql` };
}

export interface Answer {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly {
    readonly message: string;
    readonly path?: readonly unknown[];
    readonly extensions: Readonly<Record<string, unknown>>;
  }[];
}

/** Posts a body as it is and answers status, headers and parsed body. */
export async function post(endpoint: string, body: string, headers: Record<string, string> = {}) {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: JSON.parse(text) as Answer };
}

export const PREDICT = 'mutation ($input: PredictInput!) { predict(input: $input) { id label status } }';

function recordOf(id: string, features: Readonly<Record<string, unknown>>): PredictionRecord {
  return {
    id,
    model: MODEL,
    version: 1,
    status: 'completed',
    label: 'setosa',
    value: null,
    confidence: 0.9,
    probabilities: CLASSES.map((label, i) => ({ label, probability: i === 0 ? 0.9 : 0.1 })),
    detections: null,
    picture: null,
    features: Object.fromEntries(Object.entries(features).map(([name, value]) => [name, Number(value)])),
    warnings: [],
    createdAt: 1_700_000_000_000,
    timings: { totalMs: 2, queueMs: 1, computeMs: 0.5, batchSize: 1 },
    error: null,
    requestId: null,
    subject: null,
    metadata: null,
  };
}

function registeredModel(): RegisteredModel {
  const manifest = modelManifestSchema.parse({
    name: MODEL,
    title: 'Iris classifier',
    description: 'Which iris is it?',
    task: 'classification',
    features: ['sepal_length', 'petal_length'].map((name) => ({
      name,
      type: 'number',
      unit: 'cm',
      example: 1.4,
    })),
    classes: CLASSES,
    inputs: [{ tensor: 'features', features: ['sepal_length', 'petal_length'] }],
    outputs: { probabilities: 'probabilities' },
  });
  const production: RegisteredModel['production'] = {
    model: MODEL,
    version: 1,
    stage: 'production',
    facts: {
      createdAt: '2024-01-01T00:00:00Z',
      sha256: 'a'.repeat(64),
      metrics: { accuracy: 0.95 },
      training: {},
    },
    reference: undefined,
    onnxPath: 'model.onnx',
    sizeBytes: 1000,
    inputs: [{ name: 'features', type: 'float32', shape: ['rows', 2] }],
    outputs: [{ name: 'probabilities', type: 'float32', shape: ['rows', 2] }],
  };
  return { manifest, versions: [production], production };
}

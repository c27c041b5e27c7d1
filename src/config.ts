// Reads every setting from the environment once: pure, reports all problems together, answers a frozen object.
import { z } from 'zod';

const ROLES = ['api', 'worker', 'monitor'] as const;

const list = z.string().transform((text) =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== ''),
);
const count = (min: number, max: number) => z.coerce.number().int().min(min).max(max);
const flag = z.enum(['true', 'false']).transform((text) => text === 'true');
const url = (...protocols: string[]) =>
  z.url({
    protocol: new RegExp(`^(${protocols.join('|')})$`),
    error: `must be a URL starting with ${protocols.map((p) => `${p}://`).join(' or ')}`,
  });

// `a@b.c`, or a name before it: `Vigie <a@b.c>`.
const sender = z.string().regex(/^([^<>@\r\n]*<[^<>@\s]+@[^<>@\s]+>|[^<>@\s]+@[^<>@\s]+)$/, {
  error: 'must be an address, or a name with an address in angle brackets',
});

const json = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue({ code: 'custom', message: 'is not JSON' });
    return z.NEVER;
  }
});
/** As in `model.json`; which monitors and settings there are is checked where the monitors are known. */
const systemWatch = z.strictObject({
  monitors: z.record(z.string(), z.union([z.literal(false), z.record(z.string(), z.unknown())])).default({}),
  alerts: z.record(z.string(), z.record(z.string(), z.unknown())).default({}),
});

const environmentSchema = z.object({
  NODE_ENV: z.enum(['development', 'production', 'test']).default('development'),
  ROLES: list.pipe(z.array(z.enum(ROLES)).min(1)).default([...ROLES]),
  HOST: z.string().default('127.0.0.1'),
  PORT: count(0, 65_535).default(4000),
  DATA_DIR: z.string().min(1).default('.vigie'),
  MODELS_DIR: z.string().min(1).default('models'),
  RELOAD_MODELS_MS: count(0, 3_600_000).default(2000),
  REDIS_URL: url('redis', 'rediss').optional(),
  DATABASE_URL: url('postgres', 'postgresql').optional(),
  KEY_PREFIX: z
    .string()
    .regex(/^[a-zA-Z0-9_-]{1,32}$/)
    .default('vigie'),
  INSTALL_REDIS: flag.default(true),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  CORS_ORIGINS: list.default([]),
  MAX_BODY_BYTES: count(1024, 64 * 1024 * 1024).default(8 * 1024 * 1024),
  MAX_OPEN_REQUESTS: count(1, 1_000_000).default(1000),
  UPLOADS_DIR: z.string().min(1).optional(),
  // GraphQL's Int says how large an upload is.
  MAX_UPLOAD_BYTES: count(1024, 2_147_483_647).default(256 * 1024 * 1024),
  MAX_IMAGE_PIXELS: count(1, 10_000_000_000).default(500_000_000),
  UPLOAD_TTL_MS: count(60_000, 7 * 86_400_000).default(2 * 3_600_000),
  MAX_WAITING_ROWS: count(1, 1_000_000).default(20_000),
  MAX_ROWS_PER_CLIENT: count(1, 1_000_000).default(5000),
  MAX_WAIT_MS: count(0, 60_000).default(500),
  MAX_PICTURE_WAIT_MS: count(0, 3_600_000).default(45_000),
  INFERENCE_THREADS: count(1, 64).optional(),
  PICTURE_THREADS: count(1, 64).optional(),
  INFERENCE_MEMORY_MB: count(16, 16_777_216).optional(),
  WORKER_CONCURRENCY: count(1, 256).default(4),
  PICTURE_CONCURRENCY: count(1, 64).default(4),
  WORKER_MEMORY_MB: count(16, 16_777_216).optional(),
  EXECUTION_PROVIDERS: list.pipe(z.array(z.enum(['cpu', 'cuda', 'webgpu'])).min(1)).default(['cpu']),
  MONITOR_PLUGINS: list.default([]),
  SYSTEM_WATCH: json.pipe(systemWatch).default({ monitors: {}, alerts: {} }),
  EVALUATE_EVERY_MS: count(100, 3_600_000).default(5000),
  ALERT_FOR_MS: count(0, 86_400_000).default(10_000),
  ALERT_KEEP_FIRING_MS: count(0, 86_400_000).default(30_000),
  ALERT_REPEAT_MS: count(1000, 7 * 86_400_000).default(4 * 3_600_000),
  WEBHOOK_URL: url('http', 'https').optional(),
  SLACK_WEBHOOK_URL: url('http', 'https').optional(),
  ALERTMANAGER_URL: url('http', 'https').optional(),
  SMTP_URL: url('smtp', 'smtps').optional(),
  ALERT_EMAIL_FROM: sender.optional(),
  ALERT_EMAIL_TO: list.pipe(z.array(z.email()).min(1)).optional(),
  RETENTION_DAYS: count(1, 36_500).default(90),
  SUBJECT_SECRET: z.string().min(16).optional(),
  STOP_GRACE_MS: count(0, 300_000).default(10_000),
});

/**
 * Every setting of a process, nested by the room that uses it.
 * Empty variables count as unset, so that a Compose file may pass them through. Throws one Error that names each problem.
 */
export function loadConfig(env: Readonly<Record<string, string | undefined>>) {
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = environmentSchema.safeParse(given);
  const problems = [
    ...(parsed.error?.issues ?? []).map((issue) => `  ${issue.path.join('.')}: ${issue.message}`),
    ...missingForEmail(given),
  ];
  if (!parsed.success || problems.length > 0) {
    throw new Error(`The settings are not valid:\n${problems.join('\n')}`);
  }
  const e = parsed.data;
  return deepFreeze({
    development: e.NODE_ENV === 'development',
    roles: e.ROLES,
    dataDir: e.DATA_DIR,
    modelsDir: e.MODELS_DIR,
    reloadModelsMs: e.RELOAD_MODELS_MS,
    logLevel: e.LOG_LEVEL,
    stopGraceMs: e.STOP_GRACE_MS,
    redis: { url: e.REDIS_URL, prefix: e.KEY_PREFIX, allowInstall: e.INSTALL_REDIS },
    database: { url: e.DATABASE_URL, retentionDays: e.RETENTION_DAYS },
    http: {
      host: e.HOST,
      port: e.PORT,
      corsOrigins: e.CORS_ORIGINS,
      maxBodyBytes: e.MAX_BODY_BYTES,
      maxOpenRequests: e.MAX_OPEN_REQUESTS,
    },
    uploads: {
      dir: e.UPLOADS_DIR ?? `${e.DATA_DIR}/uploads`,
      // Beside predictions, as long as these.
      keptDir: `${e.UPLOADS_DIR ?? `${e.DATA_DIR}/uploads`}/kept`,
      maxBytes: e.MAX_UPLOAD_BYTES,
      maxPixels: e.MAX_IMAGE_PIXELS,
      ttlMs: e.UPLOAD_TTL_MS,
    },
    serving: {
      maxWaitingRows: e.MAX_WAITING_ROWS,
      maxRowsPerClient: e.MAX_ROWS_PER_CLIENT,
      maxWaitMs: e.MAX_WAIT_MS,
      maxPictureWaitMs: e.MAX_PICTURE_WAIT_MS,
      subjectSecret: e.SUBJECT_SECRET,
    },
    inference: {
      threads: e.INFERENCE_THREADS,
      pictureThreads: e.PICTURE_THREADS,
      memoryMb: e.INFERENCE_MEMORY_MB,
      concurrency: e.WORKER_CONCURRENCY,
      pictures: e.PICTURE_CONCURRENCY,
      workerMemoryMb: e.WORKER_MEMORY_MB,
      providers: e.EXECUTION_PROVIDERS,
    },
    monitors: { plugins: e.MONITOR_PLUGINS, evaluateEveryMs: e.EVALUATE_EVERY_MS },
    systemWatch: e.SYSTEM_WATCH,
    alerts: {
      forMs: e.ALERT_FOR_MS,
      keepFiringForMs: e.ALERT_KEEP_FIRING_MS,
      repeatMs: e.ALERT_REPEAT_MS,
      webhookUrl: e.WEBHOOK_URL,
      slackWebhookUrl: e.SLACK_WEBHOOK_URL,
      alertmanagerUrl: e.ALERTMANAGER_URL,
      email:
        e.SMTP_URL === undefined || e.ALERT_EMAIL_FROM === undefined || e.ALERT_EMAIL_TO === undefined
          ? undefined
          : { url: e.SMTP_URL, from: e.ALERT_EMAIL_FROM, to: e.ALERT_EMAIL_TO },
    },
  });
}

export type Config = ReturnType<typeof loadConfig>;

/** The names of all environment variables Vigie reads. */
export const settingNames: readonly string[] = Object.keys(environmentSchema.shape);

const FOR_EMAIL = ['SMTP_URL', 'ALERT_EMAIL_FROM', 'ALERT_EMAIL_TO'];

function missingForEmail(given: Readonly<Record<string, unknown>>): string[] {
  const named = FOR_EMAIL.filter((name) => given[name] !== undefined);
  if (named.length === 0) return [];
  const missing = FOR_EMAIL.filter((name) => given[name] === undefined);
  return missing.map((name) => `  ${name}: is needed beside ${named.join(' and ')}, for alerts by e-mail`);
}

function deepFreeze<T extends object>(value: T): Readonly<T> {
  for (const inner of Object.values(value)) {
    if (typeof inner === 'object' && inner !== null) deepFreeze(inner);
  }
  return Object.freeze(value);
}

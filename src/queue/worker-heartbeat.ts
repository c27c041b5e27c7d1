// Who consumes the queues: every worker says so every two seconds, every API process can ask.
import { z } from 'zod';
import type { Keys } from '../redis/keys.js';
import type { RedisConnections } from '../redis/redis-client.js';

const heartbeatSchema = z.object({
  id: z.string(),
  host: z.string(),
  roles: z.array(z.string()),
  providers: z.array(z.string()),
  models: z.array(z.string()),
  queues: z.array(z.string()),
  threads: z.int().positive().default(1),
  /** Threads that run tiles of pictures. */
  pictureThreads: z.int().positive().default(1),
  /** Pictures it works on beside each other. */
  pictures: z.int().positive().default(1),
  activeJobs: z.int(),
  completedJobs: z.int(),
  memoryBytes: z.number(),
  lastSeenAt: z.number(),
});

export type WorkerHeartbeat = z.infer<typeof heartbeatSchema>;

const EVERY_MS = 2000;
/** A worker silent for this long counts as gone. */
const GONE_AFTER_MS = 3 * EVERY_MS;

interface Place {
  readonly redis: RedisConnections;
  readonly keys: Keys;
}

/**
 * Publishes `describe()` now and every two seconds. Stopping removes the entry; with `comesBack` it stays for the six seconds
 * a silent worker is believed in, so that what is queued meanwhile waits for the next one.
 */
export async function startHeartbeat(
  { redis, keys }: Place,
  describe: () => WorkerHeartbeat,
): Promise<{ stop(comesBack?: boolean): Promise<void> }> {
  const beat = async () => {
    const heartbeat = describe();
    // A missed beat is mended by the next one.
    await redis.commands.hSet(keys.workers, heartbeat.id, JSON.stringify(heartbeat)).catch(() => undefined);
  };
  await beat();
  const timer = setInterval(() => void beat(), EVERY_MS);
  return {
    async stop(comesBack = false) {
      clearInterval(timer);
      if (comesBack) return;
      await redis.commands.hDel(keys.workers, describe().id).catch(() => undefined);
    },
  };
}

/** The workers seen within the last six seconds; forgets those that have been silent for longer. */
export async function readWorkers({ redis, keys }: Place, now: number): Promise<WorkerHeartbeat[]> {
  const entries = Object.entries(await redis.commands.hGetAll(keys.workers));
  const known = entries.flatMap(([id, text]) => {
    const heartbeat = parse(text);
    return heartbeat === undefined ? [] : [{ id, heartbeat }];
  });
  const alive = known.filter(({ heartbeat }) => now - heartbeat.lastSeenAt < GONE_AFTER_MS);
  const gone = known.filter(({ heartbeat }) => now - heartbeat.lastSeenAt > 10 * GONE_AFTER_MS);
  if (gone.length > 0)
    await redis.commands.hDel(
      keys.workers,
      gone.map(({ id }) => id),
    );
  return alive.map(({ heartbeat }) => heartbeat);
}

/** Undefined for what is no heartbeat: one bad entry must not hide the others. */
function parse(text: string): WorkerHeartbeat | undefined {
  try {
    return heartbeatSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

// The three steps of a job on an inference queue, each one script of as few commands as it needs, on BullMQ's own keys.
// BullMQ's scripts know parents, schedules, rate limits and an event stream, which take three times the commands; whatever
// is not the plain case (a retry that waits, a paused queue, a lost lock) is left to them, and they find what they expect.
import type { RedisClient } from '../redis/redis-client.js';
import { defineScript, runScript } from '../redis/run-script.js';

/** A job as it lies in Redis: the fields BullMQ reads. */
export interface StoredJob {
  readonly id: string;
  readonly name: string;
  /** JSON. */
  readonly data: string;
  readonly opts: string;
  /** Epoch ms. */
  readonly timestamp: number;
}

// The marker wakes a worker; it is there already when several jobs come at once.
const ADD = defineScript(`
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
redis.call('HSET', KEYS[1], 'name', ARGV[2], 'data', ARGV[3], 'opts', ARGV[4], 'timestamp', ARGV[5],
  'delay', 0, 'priority', 0)
redis.call('LPUSH', KEYS[2], ARGV[1])
redis.call('ZADD', KEYS[3], 0, '0')
return 1`);

/** Puts a job behind those that wait, once per id; false when it was there. `keyOf` names a key of the queue. */
export async function addJob(
  client: RedisClient,
  keyOf: (name: string) => string,
  job: StoredJob,
): Promise<boolean> {
  const { id, name, data, opts, timestamp } = job;
  const keys = [keyOf(id), keyOf('wait'), keyOf('marker')];
  return (await runScript(client, ADD, keys, [id, name, data, opts, String(timestamp)])) === 1;
}

const TAKE_NEXT = `
local function takeNext(prefix, now, token, lockMs)
  local limits = redis.call('HMGET', KEYS[5], 'paused', 'concurrency', 'max')
  if limits[1] or limits[2] or limits[3] or redis.call('EXISTS', KEYS[4]) == 1 then return 'ask' end
  local id = redis.call('RPOPLPUSH', KEYS[1], KEYS[2])
  if not id then
    id = redis.call('ZPOPMIN', KEYS[3])[1]
    if not id then return 'none' end
    redis.call('LPUSH', KEYS[2], id)
  end
  local key = prefix .. id
  local job = redis.call('HMGET', key, 'name', 'data', 'opts', 'timestamp', 'ats', 'atm', 'stc', 'defa', 'stacktrace')
  if not job[1] then
    redis.call('LREM', KEYS[2], 1, id)
    return 'ask'
  end
  job[5] = tonumber(job[5] or 0) + 1
  redis.call('SET', key .. ':lock', token, 'PX', lockMs)
  redis.call('HSET', key, 'processedOn', now, 'ats', job[5])
  local left = redis.call('LLEN', KEYS[1]) + redis.call('ZCARD', KEYS[3])
  if left > 0 then redis.call('ZADD', KEYS[6], 0, '0') end
  return {id, left, job}
end`;

/** What a script that takes a job needs, in the order of its keys. */
export const TAKE_KEYS = ['wait', 'active', 'prioritized', 'delayed', 'meta', 'marker'] as const;

/** Keys: TAKE_KEYS. Arguments: prefix of the keys, epoch ms, token, life of the lock in ms. */
export const TAKE = `${TAKE_NEXT}
return takeNext(ARGV[1], ARGV[2], ARGV[3], ARGV[4])`;

/** Keys: TAKE_KEYS, the stalled set, the job, its lock. Arguments: as TAKE, the job's id, 1 to take the next one. */
export const FINISH = `${TAKE_NEXT}
if redis.call('GET', KEYS[9]) ~= ARGV[3] or redis.call('LREM', KEYS[2], -1, ARGV[5]) == 0 then return 'lost' end
redis.call('DEL', KEYS[8], KEYS[9])
redis.call('SREM', KEYS[7], ARGV[5])
if ARGV[6] ~= '1' then return 'none' end
return takeNext(ARGV[1], ARGV[2], ARGV[3], ARGV[4])`;

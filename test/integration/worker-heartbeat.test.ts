// Workers are known while they beat, and no longer.
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { readWorkers, startHeartbeat, type WorkerHeartbeat } from '../../src/queue/worker-heartbeat.js';
import { createKeys, type Keys } from '../../src/redis/keys.js';
import { eventually } from '../support/eventually.js';
import { openRedisRoom, type RedisRoom } from '../support/redis-room.js';

let room: RedisRoom;
let keys: Keys;
let tests = 0;
beforeAll(async () => void (room = await openRedisRoom()));
beforeEach(() => void (keys = createKeys(`heartbeat-${++tests}`)));
afterAll(() => room.close());

const place = () => ({ redis: room.redis, keys });
const heartbeatOf = (id: string, changes: Partial<WorkerHeartbeat> = {}): WorkerHeartbeat => ({
  id,
  host: 'here',
  roles: ['worker'],
  providers: ['cpu'],
  models: ['iris-classifier@1'],
  queues: ['inference-cpu'],
  threads: 2,
  pictureThreads: 2,
  pictures: 1,
  activeJobs: 1,
  completedJobs: 2,
  memoryBytes: 3,
  lastSeenAt: Date.now(),
  ...changes,
});
const idsAt = async (now: number) => (await readWorkers(place(), now)).map(({ id }) => id).sort();
const idsKept = () => room.redis.commands.hKeys(keys.workers);

it('is seen with what it says of itself as soon as it started, and gone when it stopped', async () => {
  const said = heartbeatOf('w1');
  const heartbeat = await startHeartbeat(place(), () => said);
  expect(await readWorkers(place(), said.lastSeenAt)).toEqual([said]);
  await heartbeat.stop();
  expect(await readWorkers(place(), said.lastSeenAt)).toEqual([]);
  expect(await idsKept()).toEqual([]);
});

it('says anew what has changed', async () => {
  let completedJobs = 0;
  const heartbeat = await startHeartbeat(place(), () =>
    heartbeatOf('w1', { completedJobs: ++completedJobs }),
  );
  await eventually(async () => {
    const [worker] = await readWorkers(place(), Date.now());
    return worker !== undefined && worker.completedJobs > 1;
  });
  await heartbeat.stop();
});

it('counts as gone after six silent seconds, and leaves nothing behind after a minute', async () => {
  const at = 1_000_000;
  const silent = await startHeartbeat(place(), () => heartbeatOf('silent', { lastSeenAt: at }));
  const lively = await startHeartbeat(place(), () => heartbeatOf('lively', { lastSeenAt: at + 60_000 }));
  expect(await idsAt(at + 5999)).toEqual(['lively', 'silent']);
  expect(await idsAt(at + 6000)).toEqual(['lively']);
  expect((await idsKept()).sort()).toEqual(['lively', 'silent']);
  expect(await idsAt(at + 60_001)).toEqual(['lively']);
  expect(await idsKept()).toEqual(['lively']);
  await silent.stop();
  await lively.stop();
});

it('does not let an entry of another shape hide the others', async () => {
  await room.redis.commands.hSet(keys.workers, 'torn', '{"id":');
  const heartbeat = await startHeartbeat(place(), () => heartbeatOf('w1'));
  await room.redis.commands.hSet(keys.workers, 'odd', '{"id":"odd"}');
  expect(await idsAt(Date.now())).toEqual(['w1']);
  await heartbeat.stop();
});

it('starts, misses beats and stops quietly while Redis is away, and is seen again when it is back', async () => {
  const heartbeat = await startHeartbeat(place(), () => heartbeatOf('w1'));
  await room.server.kill();
  await eventually(() => !room.redis.ready());
  await expect(readWorkers(place(), Date.now())).rejects.toThrow();
  const late = await startHeartbeat(place(), () => heartbeatOf('w2'));
  await room.server.restart();
  await eventually(async () => (await idsAt(Date.now())).join() === 'w1,w2');
  await heartbeat.stop();
  await late.stop();
});

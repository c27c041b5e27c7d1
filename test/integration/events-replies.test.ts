// An entry and the reply about it are one write: both or none, and told again a batch is answered again but recorded once.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { jsonCodec } from '../../src/events/codec.js';
import { createEventWriter, type EventWriter } from '../../src/events/event-writer.js';
import { createKeys } from '../../src/redis/keys.js';
import { openRedisRoom, silent, type RedisRoom } from '../support/redis-room.js';

const codec = jsonCodec(z.object({ n: z.number() }));
let room: RedisRoom;
let writer: EventWriter;
let keys: ReturnType<ReturnType<typeof createKeys>['model']>;
let rooms = 0;

beforeAll(async () => {
  room = await openRedisRoom();
  writer = createEventWriter({ redis: room.redis, log: silent, now: Date.now });
});
afterAll(async () => {
  await writer.stop();
  await room.close();
});
beforeEach(() => {
  keys = createKeys(`replies-${(rooms += 1)}`).model('iris');
});

const appendOnce = (n: number, onceKey = keys.once(String(n))) =>
  writer.appendOnce(keys.predictions, { key: onceKey, againWithinMs: 60_000 }, codec.encode({ n }), {
    stream: keys.replies('api'),
    event: codec.encode({ n: -n }),
  });
const stored = async (stream: string) => {
  const entries = (await room.redis.commands.xRange(stream, '-', '+')) ?? [];
  return entries.map(({ message }) => JSON.parse(message['e'] ?? '') as unknown);
};

describe('an entry with a reply', () => {
  it('leaves both, each in its stream', async () => {
    expect(await appendOnce(1)).toBe(true);
    expect(await stored(keys.predictions)).toEqual([{ n: 1 }]);
    expect(await stored(keys.replies('api'))).toEqual([{ n: -1 }]);
  });

  it('is told again without being recorded again', async () => {
    expect(await appendOnce(1)).toBe(true);
    expect(await appendOnce(1)).toBe(false);
    expect(await stored(keys.predictions)).toHaveLength(1);
    expect(await stored(keys.replies('api'))).toHaveLength(2);
  });

  it('leaves nothing when the entry is refused, not even the key that would keep it out later', async () => {
    await room.redis.commands.set(keys.predictions, 'no stream');
    await expect(appendOnce(1)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(await room.redis.commands.exists([keys.once('1'), keys.replies('api')])).toBe(0);
    await room.redis.commands.del(keys.predictions);
    expect(await appendOnce(1)).toBe(true);
  });

  it('leaves nothing when the memory is full', async () => {
    await room.redis.commands.configSet('maxmemory', '1');
    await expect(appendOnce(1)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await room.redis.commands.configSet('maxmemory', '0');
    expect(await room.redis.commands.exists([keys.predictions, keys.once('1'), keys.replies('api')])).toBe(0);
    expect(await appendOnce(1)).toBe(true);
  });

  it('is recorded also where the reply cannot be told', async () => {
    await room.redis.commands.set(keys.replies('api'), 'no stream');
    expect(await appendOnce(1)).toBe(true);
    expect(await stored(keys.predictions)).toEqual([{ n: 1 }]);
  });
});

describe('a reply stream', () => {
  it('goes by itself when nobody says any more that it is read, and stays as long as somebody does', async () => {
    await appendOnce(1);
    expect(await room.redis.commands.ttl(keys.replies('api'))).toBeGreaterThan(250);
    await room.redis.commands.expire(keys.replies('api'), 10_000);
    await appendOnce(2);
    expect(await room.redis.commands.ttl(keys.replies('api'))).toBeGreaterThan(9000);
  });

  it('is bounded, though nobody reads it', async () => {
    for (let n = 1; n <= 1500; n += 1) await appendOnce(n);
    expect(await room.redis.commands.xLen(keys.replies('api'))).toBeLessThanOrEqual(1100);
    expect(await room.redis.commands.xLen(keys.predictions)).toBe(1500);
  });
});

// Once-keys live for as long as somebody may come with the same again, and no longer.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { jsonCodec } from '../../src/events/codec.js';
import { createEventWriter } from '../../src/events/event-writer.js';
import { createKeys } from '../../src/redis/keys.js';
import { eventually } from '../support/eventually.js';
import { openRedisRoom, silent, type RedisRoom } from '../support/redis-room.js';

const keys = createKeys('once').model('m');
const codec = jsonCodec(z.object({ n: z.number() }));
let room: RedisRoom;
beforeAll(async () => {
  room = await openRedisRoom();
});
afterAll(() => room.close());

function openWriter() {
  let time = Date.now();
  const writer = createEventWriter({ redis: room.redis, log: silent, now: () => time });
  const add = (id: string, againWithinMs: number) =>
    writer.appendOnce(keys.predictions, { key: keys.once(id), againWithinMs }, codec.encode({ n: 1 }));
  return { writer, add, pass: (ms: number) => (time += ms) };
}
const livesMs = (id: string) => room.redis.commands.pTTL(keys.once(id));

it('have the shorter life once their entries are not offered again, and keep what comes meanwhile out', async () => {
  const { writer, add, pass } = openWriter();
  for (let n = 0; n < 50; n += 1) await add(`short-${n}`, 60_000);
  for (let n = 0; n < 50; n += 1) await add(`done-${n}`, 0);
  for (let n = 0; n < 20; n += 1) await add(`young-${n}`, 60_000);
  expect(await livesMs('short-0')).toBeGreaterThan(800_000);

  pass(9_000);
  await add('later', 60_000);
  expect(await livesMs('short-0')).toBeGreaterThan(800_000);

  pass(2_000);
  await add('last', 60_000);
  await eventually(async () => (await livesMs('short-0')) <= 60_000);
  expect(await livesMs('short-49')).toBeGreaterThan(30_000);
  expect(await room.redis.commands.exists(Array.from({ length: 50 }, (_, n) => keys.once(`done-${n}`)))).toBe(
    0,
  );
  expect(await livesMs('later')).toBeGreaterThan(800_000);
  expect(await add('short-0', 60_000)).toBe(false);
  await writer.stop();
});

it('keep their long life where the writer died', async () => {
  const { writer, add } = openWriter();
  await add('orphan', 60_000);
  await writer.stop();
  const other = openWriter();
  expect(await other.add('orphan', 60_000)).toBe(false);
  other.pass(11_000);
  for (let n = 0; n < 200; n += 1) await other.add(`other-${n}`, 0);
  other.pass(11_000);
  await other.add('other-200', 0);
  await eventually(async () => (await room.redis.commands.exists(keys.once('other-0'))) === 0);
  expect(await livesMs('orphan')).toBeGreaterThan(800_000);
  await other.writer.stop();
});

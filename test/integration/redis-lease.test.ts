// Leases and commits that only a lease holder may make.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commitFenced } from '../../src/redis/fenced-commit.js';
import { acquireLease, releaseLease } from '../../src/redis/lease.js';
import { createKeys } from '../../src/redis/keys.js';
import { eventually } from '../support/eventually.js';
import { openRedisRoom, type RedisRoom } from '../support/redis-room.js';

let room: RedisRoom;
beforeAll(async () => {
  room = await openRedisRoom();
});
afterAll(() => room.close());

let prefixes = 0;
const freshKeys = () => createKeys(`t${(prefixes += 1)}`).model('iris');

describe('a lease', () => {
  it('has one owner, who renews it, and passes on when it is released', async () => {
    const { commands } = room.redis;
    const key = freshKeys().lease;
    expect(await acquireLease(commands, { key, owner: 'a', ttlMs: 60_000 })).toBe(true);
    expect(await acquireLease(commands, { key, owner: 'b', ttlMs: 60_000 })).toBe(false);
    await commands.pExpire(key, 1000);
    expect(await acquireLease(commands, { key, owner: 'a', ttlMs: 60_000 })).toBe(true);
    expect(await commands.pTTL(key)).toBeGreaterThan(50_000);
    await releaseLease(commands, { key, owner: 'b' });
    expect(await acquireLease(commands, { key, owner: 'b', ttlMs: 60_000 })).toBe(false);
    await releaseLease(commands, { key, owner: 'a' });
    expect(await acquireLease(commands, { key, owner: 'b', ttlMs: 60_000 })).toBe(true);
  });

  it('passes on when its time is over', async () => {
    const { commands } = room.redis;
    const key = freshKeys().lease;
    expect(await acquireLease(commands, { key, owner: 'a', ttlMs: 100 })).toBe(true);
    await eventually(() => acquireLease(commands, { key, owner: 'b', ttlMs: 60_000 }), { timeoutMs: 10_000 });
    expect(await acquireLease(commands, { key, owner: 'a', ttlMs: 60_000 })).toBe(false);
  });
});

describe('a fenced commit', () => {
  it('makes all its writes, large values included', async () => {
    const { commands } = room.redis;
    const keys = freshKeys();
    const lease = { key: keys.lease, owner: 'a' };
    await acquireLease(commands, { ...lease, ttlMs: 60_000 });
    const snapshot = 'é"\\'.repeat(1_000_000);
    const outcome = await commitFenced(commands, {
      lease,
      writes: [
        ['SET', keys.snapshot, snapshot],
        ['XADD', keys.alerts, '*', 'e', '{}'],
        ['HSET', keys.openAlerts, 'one', 'firing'],
        ['XGROUP', 'SETID', keys.predictions, 'monitors', '5-0'],
      ],
      expectations: [{ key: keys.openAlerts, field: 'one', value: null }],
    });
    expect(outcome).toBe('committed');
    expect(await commands.get(keys.snapshot)).toBe(snapshot);
    expect(await commands.xLen(keys.alerts)).toBe(1);
    expect(await commands.hGet(keys.openAlerts, 'one')).toBe('firing');
    const [group] = await commands.xInfoGroups(keys.predictions);
    expect(group).toMatchObject({ name: 'monitors', 'last-delivered-id': '5-0' });
  });

  it('writes nothing once the lease is another’s or over', async () => {
    const { commands } = room.redis;
    const keys = freshKeys();
    const commit = {
      lease: { key: keys.lease, owner: 'a' },
      writes: [['SET', keys.snapshot, 'mine']] as const,
      expectations: [],
    };
    expect(await commitFenced(commands, commit)).toBe('lease-lost');
    await acquireLease(commands, { key: keys.lease, owner: 'b', ttlMs: 60_000 });
    expect(await commitFenced(commands, commit)).toBe('lease-lost');
    expect(await commands.get(keys.snapshot)).toBeNull();
  });

  it('writes nothing when an expected value is gone, other, or there already', async () => {
    const { commands } = room.redis;
    const keys = freshKeys();
    await commands.hSet(keys.openAlerts, 'one', 'firing');
    const expectations = [
      { key: keys.openAlerts, field: 'one', value: 'pending' },
      { key: keys.openAlerts, field: 'one', value: null },
      { key: keys.openAlerts, field: 'two', value: 'firing' },
    ];
    for (const expectation of expectations) {
      const writes = [['HSET', keys.openAlerts, 'one', 'resolved']] as const;
      expect(await commitFenced(commands, { lease: null, writes, expectations: [expectation] })).toBe(
        'conflict',
      );
    }
    expect(await commands.hGetAll(keys.openAlerts)).toEqual({ one: 'firing' });
  });

  it('lets one of two that expect the same through', async () => {
    const { commands } = room.redis;
    const keys = freshKeys();
    await commands.hSet(keys.openAlerts, 'one', 'firing');
    const outcomes = await Promise.all(
      ['anna', 'ben'].map((by) =>
        commitFenced(commands, {
          lease: null,
          writes: [['HSET', keys.openAlerts, 'one', `acknowledged by ${by}`]],
          expectations: [{ key: keys.openAlerts, field: 'one', value: 'firing' }],
        }),
      ),
    );
    expect(outcomes.sort()).toEqual(['committed', 'conflict']);
  });
});

// Rounds of findings against a real Redis: the state in the hash and the entries of the stream change together.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findingOf } from '../support/alert-story.js';
import { openRedisRoom, type RedisRoom } from '../support/redis-room.js';
import { openAlertsRoom, reportOf } from './alerts-room.js';

let place: RedisRoom;
beforeAll(async () => void (place = await openRedisRoom()));
afterAll(() => place.close());

test('an alert lives through rounds: pending, firing, resolved, and is forgotten after its cooldown', async () => {
  const room = openAlertsRoom(place.redis, { flapCount: 0 });
  const see = async (afterMs: number, status: 'ok' | 'warning') => {
    room.clock.now += afterMs;
    expect(await room.round(reportOf('confidence', [findingOf(status)]))).toBe('committed');
  };
  await see(0, 'ok');
  await see(0, 'warning');
  expect((await room.open('confidence/mean'))?.alert.state).toBe('pending');
  await see(10_000, 'warning');
  expect((await room.open('confidence/mean'))?.alert.state).toBe('firing');
  await see(5_000, 'ok');
  await see(30_000, 'ok');
  expect((await room.open('confidence/mean'))?.alert.state).toBe('resolved');
  await see(60_000, 'ok');
  expect(await place.redis.commands.exists(room.keys.model('iris').openAlerts)).toBe(0);

  const transitions = await room.transitions();
  expect(transitions.map(({ to, notify }) => [to, notify])).toEqual([
    ['pending', false],
    ['firing', true],
    ['resolved', true],
  ]);
  expect(new Set(transitions.map(({ id }) => id)).size).toBe(3);
  expect(transitions[0]?.alert).toMatchObject({
    model: 'iris',
    monitor: 'confidence',
    key: 'mean',
    version: 1,
  });
});

test('a round that changes no alert writes nothing', async () => {
  const room = openAlertsRoom(place.redis, { forMs: 0 });
  const bad = reportOf('confidence', [findingOf('critical')]);
  await room.round(bad);
  expect(await room.judge('iris', [bad, reportOf('latency', [findingOf('ok')])], room.clock.now + 1)).toEqual(
    {
      writes: [],
      expectations: [],
    },
  );
});

test('a judgement made on a state that has changed since does not go through, and a second one does', async () => {
  const room = openAlertsRoom(place.redis, { forMs: 0 });
  await room.round(reportOf('confidence', [findingOf('warning')]));
  const worse = [reportOf('confidence', [findingOf('critical')])];
  const stale = await room.judge('iris', worse, room.clock.now);
  const id = (await room.open('confidence/mean'))?.alert.id ?? '';
  await room.acknowledge(id, 'ann', null);
  expect(await room.commit(stale)).toBe('conflict');
  expect(await room.round(...worse)).toBe('committed');
  expect((await room.transitions()).map(({ to }) => to)).toEqual([
    'pending',
    'firing',
    'acknowledged',
    'firing',
  ]);
});

test('two judges of one round: only one opens the alert', async () => {
  const room = openAlertsRoom(place.redis);
  const bad = [reportOf('confidence', [findingOf('warning')])];
  const [first, second] = await Promise.all([
    room.judge('iris', bad, room.clock.now),
    room.judge('iris', bad, room.clock.now),
  ]);
  expect([await room.commit(first), await room.commit(second)]).toEqual(['committed', 'conflict']);
  expect(await room.transitions()).toHaveLength(1);
});

test('an alert whose key or monitor is no longer there resolves like an ok one', async () => {
  const room = openAlertsRoom(place.redis, { forMs: 0 });
  await room.round(
    reportOf('confidence', [findingOf('warning')]),
    reportOf('drift', [findingOf('warning', { key: 'petal_width' })]),
  );
  // `drift` is switched off, and `confidence` speaks of another key.
  const after = reportOf('confidence', [findingOf('ok', { key: 'min' })]);
  await room.round(after);
  room.clock.now += 30_000;
  await room.round(after);
  const ended = (await room.transitions()).filter(({ to }) => to === 'resolved');
  expect(ended.map(({ alert }) => alert.key).toSorted()).toEqual(['mean', 'petal_width']);
  expect(new Set(ended.map(({ comment }) => comment))).toEqual(
    new Set(['Its monitor does not speak of it any more.']),
  );
});

test('an alert stays when its monitor fails instead of answering', async () => {
  const room = openAlertsRoom(place.redis, { forMs: 0 });
  await room.round(reportOf('confidence', [findingOf('warning')]));
  for (const status of ['down', 'degraded'] as const) {
    const health = { status, errors: 1, lastError: 'boom', lagSeconds: 0 };
    for (let round = 0; round < 3; round += 1) {
      room.clock.now += 60_000;
      await room.round(reportOf('confidence', [findingOf('ok', { key: 'min' })], { health }));
    }
  }
  expect((await room.open('confidence/mean'))?.alert.state).toBe('firing');
});

test('where two versions report one key, there is one alert and the worst finding speaks', async () => {
  const room = openAlertsRoom(place.redis, { forMs: 0 });
  await room.round(
    reportOf('confidence', [findingOf('ok')], { version: 1 }),
    reportOf('confidence', [findingOf('critical')], { version: 2 }),
    reportOf('confidence', [findingOf('warning')], { version: 3 }),
  );
  expect((await room.open('confidence/mean'))?.alert).toMatchObject({ severity: 'critical', version: 2 });
  expect(await room.transitions()).toHaveLength(2);
});

test('a hash field that cannot be read is replaced, or removed when there is nothing to tell', async () => {
  const room = openAlertsRoom(place.redis);
  const { openAlerts } = room.keys.model('iris');
  await place.redis.commands.hSet(openAlerts, { 'confidence/mean': '{"old":1}', 'gone/mean': 'not json' });
  expect(await room.round(reportOf('confidence', [findingOf('warning')]))).toBe('committed');
  expect(await place.redis.commands.hKeys(openAlerts)).toEqual(['confidence/mean']);
  expect((await room.open('confidence/mean'))?.alert.state).toBe('pending');
});

test('an alert of a version that is no longer watched is resolved with a word, and people hear of it', async () => {
  const room = openAlertsRoom(place.redis, { forMs: 0 });
  await room.round(
    reportOf('confidence', [findingOf('warning'), findingOf('warning', { key: 'min' })]),
    reportOf('drift', [findingOf('warning', { key: 'max' })]),
  );
  const taken = (await room.open('confidence/min'))?.alert.id ?? '';
  await room.acknowledge(taken, 'ann', 'rolling out version 2');
  const before = (await room.transitions()).length;

  // Nothing is known of version 2 yet, and one monitor is not well: neither keeps alive what version 1 did.
  const health = { status: 'down', errors: 1, lastError: 'boom', lagSeconds: 0 } as const;
  const unknown = ['mean', 'min'].map((key) => findingOf('insufficient-data', { key }));
  const round = () =>
    room.round(
      reportOf('confidence', unknown, { version: 2 }),
      reportOf('drift', [], { version: 2, health }),
    );
  expect(await round()).toBe('committed');
  const ended = (await room.transitions()).slice(before);
  expect(ended.map(({ from, to, alert }) => [alert.key, from, to, alert.version]).toSorted()).toEqual([
    ['max', 'firing', 'resolved', 1],
    ['mean', 'firing', 'resolved', 1],
    ['min', 'acknowledged', 'resolved', 1],
  ]);
  for (const { notify, comment, by } of ended)
    expect({ notify, comment, by }).toEqual({
      notify: true,
      comment: 'Version 1 is no longer watched; version 2 is.',
      by: null,
    });
  await round();
  expect(await room.transitions()).toHaveLength(before + 3);
});

test('what the next version does wrong is an alert of its own, told of when the cooldown is over, and nobody has taken it on', async () => {
  const room = openAlertsRoom(place.redis, { forMs: 0 });
  await room.round(reportOf('confidence', [findingOf('warning')]));
  const first = (await room.open('confidence/mean'))?.alert;
  await room.acknowledge(first?.id ?? '', 'ann', null);
  const bad = reportOf('confidence', [findingOf('warning')], { version: 2 });
  await room.round(bad);
  const second = (await room.open('confidence/mean'))?.alert;
  expect(second).toMatchObject({ version: 2, state: 'firing', acknowledgedBy: null });
  expect(second?.id).not.toBe(first?.id);
  room.clock.now += 60_000;
  await room.round(bad);
  expect((await room.transitions()).map(({ to, notify, alert }) => [alert.version, to, notify])).toEqual([
    [1, 'pending', false],
    [1, 'firing', true],
    [1, 'acknowledged', false],
    [1, 'resolved', true],
    [2, 'pending', false],
    [2, 'firing', false],
    [2, 'firing', true],
  ]);
});

test('a pending alert of a version that is no longer watched ends unheard, as it began', async () => {
  const room = openAlertsRoom(place.redis);
  await room.round(reportOf('confidence', [findingOf('warning')]));
  await room.round(reportOf('confidence', [findingOf('ok')], { version: 2 }));
  expect((await room.transitions()).map(({ to, notify }) => [to, notify])).toEqual([
    ['pending', false],
    ['resolved', false],
  ]);
  expect(await room.open('confidence/mean')).toBeUndefined();
});

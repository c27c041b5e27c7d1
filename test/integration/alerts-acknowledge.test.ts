// A person takes on an alert while monitors judge it: nothing of either is lost.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findingOf } from '../support/alert-story.js';
import { openRedisRoom, type RedisRoom } from '../support/redis-room.js';
import { openAlertsRoom, reportOf } from './alerts-room.js';

let place: RedisRoom;
beforeAll(async () => void (place = await openRedisRoom()));
afterAll(() => place.close());

async function fireOne(changed: Parameters<typeof openAlertsRoom>[1] = {}) {
  const room = openAlertsRoom(place.redis, { forMs: 0, ...changed });
  await room.round(reportOf('confidence', [findingOf('warning', { value: 0.5 })]));
  const id = (await room.open('confidence/mean'))?.alert.id ?? '';
  return { room, id };
}

test('an acknowledged alert says by whom, and the stream has the transition with the comment', async () => {
  const { room, id } = await fireOne();
  const { alert, transition } = await room.acknowledge(id, 'ann', 'looking into it');
  expect(alert).toMatchObject({ id, state: 'acknowledged', acknowledgedBy: 'ann' });
  expect((await room.open('confidence/mean'))?.alert).toEqual(alert);
  expect((await room.transitions()).at(-1)).toEqual(transition);
  expect(transition).toMatchObject({
    from: 'firing',
    to: 'acknowledged',
    by: 'ann',
    comment: 'looking into it',
    value: 0.5,
    notify: false,
    alert,
  });
});

test('acknowledging again changes nothing and keeps the first person', async () => {
  const { room, id } = await fireOne();
  await room.acknowledge(id, 'ann', null);
  expect(await room.acknowledge(id, 'bob', null)).toMatchObject({
    alert: { acknowledgedBy: 'ann' },
    transition: undefined,
  });
  expect(await room.transitions()).toHaveLength(3);
});

test('an unknown id is ALERT_NOT_FOUND and a resolved alert INVALID_INPUT with the path', async () => {
  const { room, id } = await fireOne({ keepFiringForMs: 0 });
  await expect(room.acknowledge('nobody', 'ann', null)).rejects.toMatchObject({ code: 'ALERT_NOT_FOUND' });
  await room.round(reportOf('confidence', [findingOf('ok')]));
  await expect(room.acknowledge(id, 'ann', null)).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    details: { issues: [{ path: 'id' }] },
  });
});

test('a monitor that keeps writing the same alert cannot make an acknowledgement lost, nor the other way round', async () => {
  for (let episode = 0; episode < 20; episode += 1) {
    const { room, id } = await fireOne();
    let value = 0.5;
    let committed = 0;
    const keepJudging = async () => {
      for (let round = 0; round < 15; round += 1) {
        value -= 0.001;
        room.clock.now += 1;
        if ((await room.round(reportOf('confidence', [findingOf('warning', { value })]))) === 'committed')
          committed += 1;
      }
    };
    const [, { alert }] = await Promise.all([keepJudging(), room.acknowledge(id, 'ann', null)]);
    expect(alert.state).toBe('acknowledged');
    const record = await room.open('confidence/mean');
    expect(record?.alert).toMatchObject({ id, state: 'acknowledged', acknowledgedBy: 'ann' });
    // Opened and fired, every committed round, and the acknowledgement: each counted exactly once.
    expect(record?.rev).toBe(2 + committed + 1);
    expect((await room.transitions()).map(({ to }) => to)).toEqual(['pending', 'firing', 'acknowledged']);
  }
});

test('of many people at once exactly one acknowledges, and all get the same alert', async () => {
  const { room, id } = await fireOne();
  const people = ['ann', 'bob', 'cem', 'dana', 'eli', 'fay', 'gus', 'hana'];
  const answers = await Promise.all(people.map((by) => room.acknowledge(id, by, null)));
  expect(new Set(answers.map(({ alert }) => alert.acknowledgedBy)).size).toBe(1);
  expect(answers.filter(({ transition }) => transition !== undefined)).toHaveLength(1);
  expect(await room.transitions()).toHaveLength(3);
});

test('while Redis is away it fails with UNAVAILABLE at once', async () => {
  const own = await openRedisRoom();
  const room = openAlertsRoom(own.redis);
  await own.server.kill();
  const began = Date.now();
  await expect(room.acknowledge('any', 'ann', null)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  expect(Date.now() - began).toBeLessThan(1000);
  await own.close();
});

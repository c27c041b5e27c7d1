// Who hears of what: one message for one cause, silences, alerts that come and go, and the word that a model is to be trained anew.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gatherMessage } from '../../src/alerts/gather-message.js';
import { alertTransitionSchema } from '../../src/events/alert-transition.js';
import type { Finding, FindingStatus } from '../../src/events/monitor-report.js';
import { findingOf } from '../support/alert-story.js';
import { openRedisRoom, type RedisRoom } from '../support/redis-room.js';
import { openAlertsRoom, reportOf } from './alerts-room.js';

let place: RedisRoom;
beforeAll(async () => void (place = await openRedisRoom()));
afterAll(() => place.close());

type Room = ReturnType<typeof openAlertsRoom>;
type Status = 'ok' | 'warning' | 'critical';

const told = async (room: Room) =>
  (await room.transitions()).filter(({ notify }) => notify).map(({ to, alert }) => `${alert.key} ${to}`);

describe('a cause and its symptoms', () => {
  const drift = (dataset: Status, features: Status) =>
    reportOf('drift', [
      findingOf(dataset, { key: 'dataset', isCause: true }),
      ...['a', 'b', 'c'].map((key) => findingOf(features, { key })),
    ]);

  it('are told of as the cause alone, while the symptoms are on record', async () => {
    const room = openAlertsRoom(place.redis, { forMs: 0 });
    await room.round(drift('critical', 'warning'));
    expect(await told(room)).toEqual(['dataset firing']);
    expect((await room.open('drift/b'))?.alert.state).toBe('firing');
  });

  it('are told of once more when the cause is gone and a symptom is not', async () => {
    const room = openAlertsRoom(place.redis, { forMs: 0, keepFiringForMs: 0, cooldownMs: 0 });
    await room.round(drift('critical', 'warning'));
    room.clock.now += 1000;
    await room.round(drift('ok', 'warning'));
    expect((await told(room)).toSorted()).toEqual([
      'a firing',
      'b firing',
      'c firing',
      'dataset firing',
      'dataset resolved',
    ]);
  });

  it('of other monitors are none of its symptoms', async () => {
    const room = openAlertsRoom(place.redis, { forMs: 0 });
    await room.round(drift('critical', 'ok'), reportOf('latency', [findingOf('warning', { key: 'p99' })]));
    expect(await told(room)).toEqual(['dataset firing', 'p99 firing']);
  });
});

/** The keys of each message that the stream holds, each as its first entry brings it about. */
async function messages(room: Room): Promise<string[][]> {
  const stream = room.keys.model('iris').alerts;
  const found: string[][] = [];
  for (const { id, message } of (await place.redis.commands.xRange(stream, '-', '+')) ?? []) {
    const value = alertTransitionSchema.parse(JSON.parse(message['e'] ?? ''));
    const told = await gatherMessage(place.redis, { stream, id, value });
    if (told !== undefined) found.push(told.map(({ alert, to }) => `${alert.key} ${to}`));
  }
  return found;
}

describe('what is found in one evaluation', () => {
  it('is one message, the worst first, beginnings apart from ends', async () => {
    const room = openAlertsRoom(place.redis, { forMs: 0, keepFiringForMs: 0, cooldownMs: 0 });
    await room.round(reportOf('a', [findingOf('warning', { key: 'old' })]));
    room.clock.now += 1000;
    await room.round(
      reportOf('a', [findingOf('ok', { key: 'old' })]),
      reportOf('b', [findingOf('warning', { key: 'one' }), findingOf('critical', { key: 'two' })]),
    );
    expect(await messages(room)).toEqual([['old firing'], ['old resolved'], ['two firing', 'one firing']]);
  });

  it('is another message than that of the next one', async () => {
    const room = openAlertsRoom(place.redis, { forMs: 0 });
    await room.round(reportOf('a', [findingOf('warning', { key: 'one' })]));
    room.clock.now += 1000;
    await room.round(
      reportOf('a', [findingOf('warning', { key: 'one' }), findingOf('warning', { key: 'two' })]),
    );
    expect(await messages(room)).toEqual([['one firing'], ['two firing']]);
  });

  it('is one message however many entries that is, and another model has its own', async () => {
    const room = openAlertsRoom(place.redis, { forMs: 0 });
    const findings = Array.from({ length: 700 }, (_, i) => findingOf('warning', { key: `f${i}` }));
    await room.commit(await room.judge('air', [reportOf('b', findings)], room.clock.now));
    await room.round(reportOf('b', findings));
    const [message, ...others] = await messages(room);
    expect(others).toEqual([]);
    expect(new Set(message).size).toBe(700);
  });
});

describe('one thing that two monitors look at', () => {
  const looks = (first: FindingStatus, second: FindingStatus) => [
    reportOf('class-distribution', [findingOf(first, { key: 'shares', about: 'answers' })]),
    reportOf('prediction-drift', [findingOf(second, { key: 'label', about: 'answers' })]),
  ];
  const open = async (
    steps: readonly [FindingStatus, FindingStatus][],
    room = openAlertsRoom(place.redis, POLICY),
  ) => {
    for (const [first, second] of steps) {
      room.clock.now += 1000;
      await room.round(...looks(first, second));
    }
    return room;
  };
  const POLICY = { forMs: 0, keepFiringForMs: 1000, cooldownMs: 0 };

  it('is told of once, by whichever finds it first, until neither finds it any more', async () => {
    const room = await open([
      ['warning', 'ok'],
      ['warning', 'warning'],
      ['ok', 'warning'],
      ['ok', 'warning'],
      ['ok', 'warning'],
    ]);
    expect((await room.open('prediction-drift/label'))?.alert.state).toBe('firing');
    expect(await told(room)).toEqual(['shares firing']);
    await open([['ok', 'ok']], room);
    expect(await told(room)).toEqual(['shares firing']);
    await open([['ok', 'ok']], room);
    expect(await told(room)).toEqual(['shares firing', 'shares resolved']);
    expect(await room.open('prediction-drift/label')).toMatchObject({ alert: { state: 'resolved' } });
    const other = await open([
      ['ok', 'warning'],
      ['warning', 'warning'],
      ['warning', 'ok'],
    ]);
    expect(await told(other)).toEqual(['label firing']);
  });

  it('is spoken for by the first also while the first has nothing to judge by', async () => {
    const room = await open([['warning', 'ok']]);
    await open([['insufficient-data', 'warning']], room);
    await open([['insufficient-data', 'warning']], room);
    expect(await told(room)).toEqual(['shares firing']);
  });

  it('is told of in one message when both find it in one evaluation, and so is its end', async () => {
    const room = await open([
      ['warning', 'warning'],
      ['ok', 'ok'],
      ['ok', 'ok'],
    ]);
    expect((await messages(room)).map((message) => message.toSorted())).toEqual([
      ['label firing', 'shares firing'],
      ['label resolved', 'shares resolved'],
    ]);
  });

  it('is told of anew when the second finds it worse than people know', async () => {
    const room = await open([
      ['warning', 'ok'],
      ['warning', 'warning'],
      ['warning', 'critical'],
    ]);
    expect(await told(room)).toEqual(['shares firing', 'label firing']);
  });

  it('is told of by the second where the first is silenced', async () => {
    const room = openAlertsRoom(place.redis, POLICY);
    await room.silences.add({
      ...{ model: null, monitor: null, key: 'shares', comment: 'known', createdBy: null },
      until: room.clock.now + 60_000,
    });
    await open([['warning', 'ok']], room);
    await open([['warning', 'warning']], room);
    expect(await told(room)).toEqual(['label firing']);
  });

  it('ends for people when the first is over and the second is silenced', async () => {
    const room = await open([['warning', 'ok']]);
    await room.silences.add({
      ...{ model: null, monitor: null, key: 'label', comment: 'known', createdBy: null },
      until: room.clock.now + 60_000,
    });
    await open(
      [
        ['ok', 'warning'],
        ['ok', 'warning'],
      ],
      room,
    );
    expect(await told(room)).toEqual(['shares firing', 'shares resolved']);
  });

  it('is told of by the second when the first is watched no more', async () => {
    const room = await open([
      ['warning', 'ok'],
      ['warning', 'warning'],
    ]);
    for (let round = 0; round < 3; round += 1) {
      room.clock.now += 1000;
      await room.round(...looks('ok', 'warning').slice(1));
    }
    expect(await told(room)).toEqual(['shares firing', 'label firing', 'shares resolved']);
  });

  it('is two things where the model is another', async () => {
    const room = await open([['warning', 'ok']]);
    const [, label] = looks('ok', 'warning');
    await room.commit(await room.judge('air', label === undefined ? [] : [label], room.clock.now));
    const entries = await place.redis.commands.xRange(room.keys.model('air').alerts, '-', '+');
    const ofAir = (entries ?? []).map(({ message }) =>
      alertTransitionSchema.parse(JSON.parse(message['e'] ?? '')),
    );
    expect(ofAir.map(({ to, notify }) => [to, notify])).toEqual([
      ['pending', false],
      ['firing', true],
    ]);
  });
});

describe('a silence', () => {
  const silence = { model: null, monitor: null, key: null, comment: 'maintenance', createdBy: 'ann' };
  const bad = reportOf('a', [findingOf('warning', { key: 'x' }), findingOf('warning', { key: 'y' })]);

  it('keeps quiet what it matches until it is over, then tells of what is still bad', async () => {
    const room = openAlertsRoom(place.redis, { forMs: 0 });
    await room.silences.add({ ...silence, monitor: 'a', key: 'x', until: room.clock.now + 60_000 });
    await room.round(bad);
    expect(await told(room)).toEqual(['y firing']);
    expect((await room.open('a/x'))?.alert.state).toBe('firing');
    room.clock.now += 60_000;
    await room.round(bad);
    expect(await told(room)).toEqual(['y firing', 'x firing']);
    expect(await room.silences.list()).toEqual([]);
  });

  it('of another model matches nothing here', async () => {
    const room = openAlertsRoom(place.redis, { forMs: 0 });
    await room.silences.add({ ...silence, model: 'air', until: room.clock.now + 60_000 });
    await room.round(bad);
    expect(await told(room)).toHaveLength(2);
  });

  const good = reportOf('a', [findingOf('ok', { key: 'x' }), findingOf('ok', { key: 'y' })]);

  it('keeps the end quiet of what it kept quiet, acknowledged or not', async () => {
    const room = openAlertsRoom(place.redis, { forMs: 0, keepFiringForMs: 0 });
    await room.silences.add({ ...silence, monitor: 'a', until: room.clock.now + 60_000 });
    await room.round(bad);
    await room.acknowledge((await room.open('a/x'))?.alert.id ?? '', 'ann', null);
    room.clock.now += 1000;
    await room.round(good);
    expect((await room.transitions()).filter(({ to }) => to === 'resolved')).toHaveLength(2);
    expect(await told(room)).toEqual([]);
  });

  it('tells the end of what was told before it, acknowledged or not, since receivers hold that open', async () => {
    const room = openAlertsRoom(place.redis, { forMs: 0, keepFiringForMs: 0 });
    await room.round(bad);
    await room.acknowledge((await room.open('a/x'))?.alert.id ?? '', 'ann', null);
    await room.silences.add({ ...silence, monitor: 'a', until: room.clock.now + 60_000 });
    room.clock.now += 1000;
    await room.round(good);
    expect((await told(room)).toSorted()).toEqual(['x firing', 'x resolved', 'y firing', 'y resolved']);
  });

  it('tells the end of a version that is no longer watched, where its alert was told', async () => {
    const room = openAlertsRoom(place.redis, { forMs: 0 });
    await room.round(bad);
    await room.silences.add({ ...silence, monitor: 'a', until: room.clock.now + 60_000 });
    room.clock.now += 1000;
    await room.round({ ...bad, version: 2 });
    expect((await told(room)).toSorted()).toEqual(['x firing', 'x resolved', 'y firing', 'y resolved']);
  });

  it('can be ended early, and is refused when it would be over already', async () => {
    const room = openAlertsRoom(place.redis, { forMs: 0 });
    const { id } = await room.silences.add({ ...silence, monitor: 'a', until: room.clock.now + 60_000 });
    expect(await room.silences.end(id)).toMatchObject({ id, monitor: 'a' });
    expect(await room.silences.end(id)).toBeUndefined();
    await room.round(bad);
    expect(await told(room)).toHaveLength(2);
    await expect(room.silences.add({ ...silence, until: room.clock.now })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      details: { issues: [{ path: 'input.until' }] },
    });
  });

  it('is refused of a monitor that watches nothing, and taken of the rules of retraining and of any key', async () => {
    const room = openAlertsRoom(place.redis, { forMs: 0 });
    const until = room.clock.now + 60_000;
    await expect(room.silences.add({ ...silence, monitor: 'confidense', until })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      details: {
        issues: [
          {
            path: 'input.monitor',
            message: expect.stringContaining('known: a, confidence, retraining-needed') as string,
          },
        ],
      },
    });
    await room.silences.add({ ...silence, monitor: 'retraining-needed', until });
    await room.silences.add({ ...silence, monitor: 'a', key: 'of a feature to come', until });
    expect(await room.silences.list()).toHaveLength(2);
  });

  it('that cannot be read silences nothing', async () => {
    const room = openAlertsRoom(place.redis, { forMs: 0 });
    await place.redis.commands.hSet(room.keys.silences, { a: 'no json', b: '{"until":1}' });
    await room.round(bad);
    expect(await told(room)).toHaveLength(2);
  });
});

describe('an alert that comes and goes', () => {
  it('is told of so often, then stays firing until it has been ok for a while', async () => {
    const room = openAlertsRoom(place.redis, {
      forMs: 0,
      keepFiringForMs: 0,
      cooldownMs: 0,
      flapCount: 2,
      flapWindowMs: 3_600_000,
      flapHoldMs: 600_000,
    });
    const see = async (status: Status, afterMs: number) => {
      room.clock.now += afterMs;
      await room.round(reportOf('a', [findingOf(status, { key: 'x' })]));
    };
    for (let episode = 0; episode < 10; episode += 1) {
      await see('warning', 30_000);
      await see('ok', 30_000);
    }
    expect(await told(room)).toEqual(['x firing', 'x resolved', 'x firing', 'x resolved', 'x firing']);
    const last = (await room.transitions()).filter(({ to }) => to === 'firing').at(-1);
    expect(last?.comment).toMatch(/comes and goes/);
    await see('ok', 599_000);
    expect((await room.open('a/x'))?.alert.state).toBe('firing');
    await see('ok', 31_000);
    expect((await told(room)).at(-1)).toBe('x resolved');
  });
});

describe('the word that a model is to be trained anew', () => {
  const rules = [{ monitor: 'performance', severity: 'warning', forMs: 3_600_000 }] as const;
  const performance = (...findings: Finding[]) => reportOf('performance', findings);

  it('comes once, when a rule was met for as long as it says, with what speaks for it', async () => {
    const room = openAlertsRoom(place.redis, { forMs: 0 }, rules);
    const bad = findingOf('warning', { key: 'accuracy', summary: 'accuracy 0.71 is under 0.8', value: 0.71 });
    const words = async () =>
      (await room.transitions()).filter(({ alert }) => alert.monitor === 'retraining-needed');
    await room.round(performance(bad));
    room.clock.now += 3_599_000;
    await room.round(performance(bad));
    expect((await words()).map(({ to }) => to)).toEqual(['pending']);
    for (let hour = 0; hour < 48; hour += 1) {
      room.clock.now += 3_600_000;
      await room.round(performance(bad));
    }
    const [, fired, ...rest] = await words();
    expect(rest).toEqual([]);
    expect(fired).toMatchObject({
      to: 'firing',
      notify: true,
      alert: {
        key: 'performance',
        severity: 'critical',
        summary: 'Train it anew: accuracy 0.71 is under 0.8',
      },
      evidence: [{ monitor: 'performance', key: 'accuracy', status: 'warning', value: 0.71 }],
    });
  });

  it('does not come of a finding that was bad for a shorter time, or of nothing known', async () => {
    const room = openAlertsRoom(place.redis, { forMs: 0 }, rules);
    await room.round(performance(findingOf('warning', { key: 'accuracy' })));
    room.clock.now += 1_800_000;
    await room.round(performance(findingOf('ok', { key: 'accuracy' })));
    room.clock.now += 3_600_000;
    await room.round(performance(findingOf('insufficient-data', { key: 'accuracy' })));
    const words = (await room.transitions()).filter(({ alert }) => alert.monitor === 'retraining-needed');
    expect(words.map(({ to, notify }) => [to, notify])).toEqual([
      ['pending', false],
      ['resolved', false],
    ]);
  });
});

// What a real Alertmanager holds after each notification: one alert while it fires, none after its end.
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createLongestPauseOf } from '../../src/alerts/longest-pause.js';
import { alertPolicySchema } from '../../src/alerts/policy.js';
import { createAlertmanagerSink } from '../../src/alerts/sinks/alertmanager.sink.js';
import type { AlertTransition } from '../../src/events/alert-transition.js';
import { startStory } from '../support/alert-story.js';
import { findAlertmanager } from '../support/find-command.js';
import { startPrivateAlertmanager } from '../support/private-alertmanager.js';

const REPEAT_MS = 4 * 3_600_000;
const NOW = Date.now();
const alertsSchema = z.array(
  z.object({
    labels: z.record(z.string(), z.string()),
    annotations: z.record(z.string(), z.string()),
    startsAt: z.string(),
    endsAt: z.string(),
    status: z.object({ state: z.string() }),
  }),
);

/** An episode of its own model, whose notifications are asked for one by one. */
function episode(model: string) {
  const story = startStory({ forMs: 0, keepFiringForMs: 0, cooldownMs: 0, repeatMs: 1000 });
  return (after: number, status: 'ok' | 'warning' | 'critical'): AlertTransition | undefined => {
    const before = story.transitions.length;
    // A minute ago, so that every end lies in the past.
    story.see(NOW - 60_000 + after, status);
    const told = story.transitions.slice(before).find(({ notify }) => notify);
    return told && { ...told, alert: { ...told.alert, id: `${model}-${told.alert.id}`, model } };
  };
}

const binary = findAlertmanager();
describe.skipIf(binary === undefined)('an Alertmanager', () => {
  let place: Awaited<ReturnType<typeof startPrivateAlertmanager>>;
  beforeAll(async () => void (place = await startPrivateAlertmanager(binary ?? '')));
  afterAll(() => place.stop());

  let clock = NOW;
  const openSink = () =>
    createAlertmanagerSink({
      url: place.url,
      timeoutMs: 5000,
      longestPauseOf: () => REPEAT_MS,
      now: () => clock,
    });
  const held = async (model: string) => {
    const filter = encodeURIComponent(`model="${model}"`);
    const response = await fetch(`${place.url}/api/v2/alerts?filter=${filter}`);
    return alertsSchema.parse(await response.json());
  };
  const deliver = async (notification: AlertTransition | undefined, sink = openSink()) => {
    if (notification === undefined) throw new Error('nobody was to be told');
    expect(await sink.deliver(notification)).toEqual({ outcome: 'delivered' });
  };
  const severities = async (model: string) => (await held(model)).map(({ labels }) => labels['severity']);

  it('holds every alert of one message, and ends every one', async () => {
    const [worst, other] = [episode('many'), episode('many-more')];
    const fired = [worst(0, 'critical'), other(0, 'warning')];
    const resolved = [worst(10, 'ok'), other(10, 'ok')];
    const told = async ([first, second]: (AlertTransition | undefined)[]) => {
      if (first === undefined || second === undefined) throw new Error('nobody was to be told');
      expect(await openSink().deliver(first, [second])).toEqual({ outcome: 'delivered' });
    };
    await told(fired);
    expect([await severities('many'), await severities('many-more')]).toEqual([['critical'], ['warning']]);
    await told(resolved);
    expect([await severities('many'), await severities('many-more')]).toEqual([[], []]);
  });

  it('holds a firing alert with its labels and summary until two repeat intervals from now', async () => {
    await deliver(episode('one')(0, 'critical'));
    expect(await held('one')).toEqual([
      {
        labels: {
          alertname: 'vigie-confidence',
          model: 'one',
          version: '1',
          monitor: 'confidence',
          key: 'mean',
          severity: 'critical',
        },
        annotations: { summary: 'it is critical' },
        startsAt: new Date(NOW - 60_000).toISOString(),
        endsAt: new Date(NOW + 2 * REPEAT_MS).toISOString(),
        status: expect.objectContaining({ state: expect.any(String) as string }) as { state: string },
      },
    ]);
  });

  it('holds it on with every reminder, and no more once it resolved', async () => {
    const see = episode('two');
    await deliver(see(0, 'warning'));
    clock = NOW + 3_600_000;
    await deliver(see(1000, 'warning'));
    expect((await held('two'))[0]?.endsAt).toBe(new Date(NOW + 3_600_000 + 2 * REPEAT_MS).toISOString());
    clock = NOW;
    await deliver(see(2000, 'ok'));
    expect(await held('two')).toEqual([]);
  });

  it('holds one alert when a warning becomes critical, and none after it eased unsaid and resolved', async () => {
    const see = episode('three');
    await deliver(see(0, 'warning'));
    await deliver(see(1, 'critical'));
    expect(await severities('three')).toEqual(['critical']);
    expect(see(2, 'warning')).toBeUndefined();
    await deliver(see(3, 'ok'));
    expect(await held('three')).toEqual([]);
  });

  it('does not hold an alert again whose notification came after its end, but holds the next episode', async () => {
    const see = episode('four');
    const sink = openSink();
    const late = see(0, 'warning');
    await deliver(see(1, 'ok'), sink);
    await deliver(late, sink);
    expect(await held('four')).toEqual([]);
    await deliver(see(2, 'warning'), sink);
    expect(await severities('four')).toEqual(['warning']);
  });

  it('holds an alert beyond a short repeat interval, since evaluations may be further apart', async () => {
    const sink = createAlertmanagerSink({
      ...{ url: place.url, timeoutMs: 5000, longestPauseOf: () => 1000, now: () => NOW },
    });
    await deliver(episode('five')(0, 'warning'), sink);
    expect((await held('five'))[0]?.endsAt).toBe(new Date(NOW + 600_000).toISOString());
  });
});

const HOUR = 3_600_000;
it.each([
  ['two repeat intervals', { repeatMs: 4 * HOUR }, 'confidence', 8 * HOUR],
  ['two windows of flapping, in which it is not repeated', { repeatMs: 600_000 }, 'confidence', 2 * HOUR],
  ['two repeat intervals where none flaps', { repeatMs: HOUR / 2, flapCount: 0 }, 'confidence', HOUR],
  ['thirty days where it is told once', {}, 'retraining-needed', 30 * 24 * HOUR],
])('is given an end of a firing alert after %s', async (_, changed, monitor, afterMs) => {
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      bodies.push(body);
      response.end();
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  const policy = alertPolicySchema.parse(changed);
  const sink = createAlertmanagerSink({
    url: `http://127.0.0.1:${port}`,
    ...{ timeoutMs: 5000, longestPauseOf: createLongestPauseOf(() => policy), now: () => NOW },
  });
  const firing = episode('seven')(0, 'warning');
  if (firing === undefined) throw new Error('nobody was to be told');
  await sink.deliver({ ...firing, alert: { ...firing.alert, monitor } });
  const [sent] = z.array(z.object({ endsAt: z.string() })).parse(JSON.parse(bodies[0] ?? ''));
  expect(sent?.endsAt).toBe(new Date(NOW + afterMs).toISOString());
  await new Promise((closed) => {
    server.close(closed);
    server.closeAllConnections();
  });
});

it('is asked below its path with its password in a header, and the outcome is that of every HTTP sink', async () => {
  const asked: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    asked.push(request);
    request.resume().on('end', () => response.writeHead(asked.length === 1 ? 503 : 400).end());
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  const sink = createAlertmanagerSink({
    url: `http://ann:s%3Acret@127.0.0.1:${port}/alerts/`,
    ...{ timeoutMs: 5000, longestPauseOf: () => REPEAT_MS, now: () => NOW },
  });
  const firing = episode('six')(0, 'warning');
  if (firing === undefined) throw new Error('nobody was to be told');
  expect(await sink.deliver(firing)).toMatchObject({ outcome: 'failed', retry: true });
  expect(await sink.deliver(firing)).toMatchObject({ outcome: 'failed', retry: false });
  expect(asked[0]?.url).toBe('/alerts/api/v2/alerts');
  expect(asked[0]?.headers.authorization).toBe(`Basic ${Buffer.from('ann:s:cret').toString('base64')}`);
  await new Promise((closed) => {
    server.close(closed);
    server.closeAllConnections();
  });
});

// Sinks against a real HTTP server: what is sent, what counts as delivered, and what is worth another try.
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createDelivery } from '../../src/alerts/deliver.js';
import { createSinks } from '../../src/alerts/sinks/create-sinks.js';
import { createSlackSink } from '../../src/alerts/sinks/slack.sink.js';
import { createWebhookSink } from '../../src/alerts/sinks/webhook.sink.js';
import { createMetrics } from '../../src/metrics.js';
import { findFreePort } from '../../src/redis/free-port.js';
import { startStory } from '../support/alert-story.js';
import { startHttpReceiver, type ReceivedPost } from '../support/http-receiver.js';
import { silent } from '../support/redis-room.js';

let receiver: Awaited<ReturnType<typeof startHttpReceiver>>;
let received: readonly ReceivedPost[];
let base: string;

beforeEach(async () => {
  receiver = await startHttpReceiver();
  ({ posts: received, url: base } = receiver);
});
afterEach(() => receiver.stop());

function firing() {
  const story = startStory({ forMs: 0 });
  story.see(1_000, 'critical');
  const last = story.transitions.at(-1);
  if (last === undefined) throw new Error('the alert did not fire');
  return last;
}

const usual = { log: silent, longestPauseOf: () => 60_000, now: Date.now };
const webhook = (timeoutMs = 5000) => createWebhookSink({ url: `${base}/hook?token=s3cret`, timeoutMs });

describe('the webhook sink', () => {
  test('posts the transition and the alert as JSON, with the transition id as Idempotency-Key', async () => {
    expect(await webhook().deliver(firing())).toEqual({ outcome: 'delivered' });
    expect(received).toHaveLength(1);
    expect(received[0]?.headers).toMatchObject({
      'content-type': 'application/json',
      'idempotency-key': '3',
    });
    expect(received[0]?.body).toEqual({
      kind: 'alert-transition',
      transition: {
        id: '3',
        from: 'pending',
        to: 'firing',
        at: '1970-01-01T00:00:01.000Z',
        by: null,
        comment: null,
        value: null,
      },
      alert: {
        id: '1',
        model: 'm',
        version: 1,
        monitor: 'confidence',
        key: 'mean',
        severity: 'critical',
        state: 'firing',
        summary: 'it is critical',
        value: null,
        threshold: null,
        startedAt: '1970-01-01T00:00:01.000Z',
        firedAt: '1970-01-01T00:00:01.000Z',
        resolvedAt: null,
        acknowledgedBy: null,
      },
      others: [],
      othersTotal: 0,
    });
  });

  test.each([
    [204, undefined],
    [302, false],
    [400, false],
    [404, false],
    [410, false],
    [429, true],
    [500, true],
    [503, true],
  ])('an answer of %i is worth a retry: %s (undefined: delivered)', async (status, retry) => {
    receiver.answerWith((response) => response.writeHead(status, { location: `${base}/elsewhere` }).end());
    const delivery = await webhook().deliver(firing());
    if (retry === undefined) expect(delivery).toEqual({ outcome: 'delivered' });
    else expect(delivery).toMatchObject({ outcome: 'failed', retry });
    expect(received).toHaveLength(1);
  });

  test('a server that never answers is given up after the time-out and worth a retry', async () => {
    receiver.answerWith(() => undefined);
    const began = Date.now();
    expect(await webhook(200).deliver(firing())).toEqual({
      outcome: 'failed',
      retry: true,
      reason: 'no answer within 200 ms',
    });
    expect(Date.now() - began).toBeLessThan(3000);
  });

  test('a server that answers endlessly does not hold the delivery', async () => {
    receiver.answerWith((response) => {
      response.writeHead(200);
      response.write('x'.repeat(1_000_000));
    });
    expect(await webhook().deliver(firing())).toEqual({ outcome: 'delivered' });
  });

  test('a connection that breaks, a closed port and an unknown host are worth a retry and name no address', async () => {
    receiver.answerWith((response) => response.destroy());
    const broken = await webhook().deliver(firing());
    const port = await findFreePort();
    const refused = await createWebhookSink({
      url: `http://127.0.0.1:${port}/s3cret`,
      timeoutMs: 5000,
    }).deliver(firing());
    const unknown = await createWebhookSink({
      url: 'http://s3cret.invalid/hook',
      timeoutMs: 5000,
    }).deliver(firing());
    for (const delivery of [broken, refused, unknown]) {
      expect(delivery).toMatchObject({ outcome: 'failed', retry: true });
      expect(JSON.stringify(delivery)).not.toMatch(/s3cret|127\.0\.0\.1/);
    }
  });
});

test('the Slack sink posts a message', async () => {
  expect(await createSlackSink({ url: base, timeoutMs: 5000 }).deliver(firing())).toEqual({
    outcome: 'delivered',
  });
  expect(received[0]?.body).toMatchObject({ text: 'FIRING critical: m: it is critical' });
});

describe('a delivery', () => {
  const lines: string[] = [];
  const open = () => {
    lines.length = 0;
    const log = pino({ level: 'trace' }, { write: (line) => void lines.push(line) });
    const metrics = createMetrics();
    const sinks = createSinks({ ...usual, log, webhookUrl: `${base}/s3cret`, timeoutMs: 5000 });
    const transition = firing();
    const deliver = createDelivery({ sinks, metrics, log });
    return {
      metrics,
      to: (sink: string) => deliver({ transitionId: transition.id, sink, transition }),
    };
  };

  test('succeeds, is counted, and the log sink always takes part', async () => {
    const { to, metrics } = open();
    await to('webhook');
    await to('log');
    expect(lines.some((line) => line.includes('alert firing'))).toBe(true);
    const counted = await metrics.notifications.get();
    expect(counted.values.map(({ labels, value }) => [labels.sink, labels.outcome, value])).toEqual([
      ['webhook', 'ok', 1],
      ['log', 'ok', 1],
    ]);
  });

  test('throws a retryable error or a final one, and the URL is in neither the error nor the log', async () => {
    const { to } = open();
    receiver.answerWith((response) => response.writeHead(503).end());
    await expect(to('webhook')).rejects.toMatchObject({ code: 'UNAVAILABLE', retryable: true });
    receiver.answerWith((response) => response.writeHead(403).end());
    await expect(to('webhook')).rejects.toMatchObject({ code: 'INTERNAL', retryable: false });
    await expect(to('pager')).rejects.toMatchObject({ code: 'INTERNAL', retryable: false });
    expect(lines.join('')).not.toContain('s3cret');
    expect(lines).toHaveLength(3);
  });
});

test('there is the log sink, and beside it those alone that are set up', () => {
  const names = (settings: Partial<Parameters<typeof createSinks>[0]>) =>
    createSinks({ ...usual, ...settings }).map(({ name }) => name);
  expect(names({})).toEqual(['log']);
  const email = { url: 'smtp://127.0.0.1', from: 'v@h.org', to: ['a@h.org'] };
  expect(names({ webhookUrl: base, slackWebhookUrl: base })).toEqual(['log', 'webhook', 'slack']);
  expect(names({ alertmanagerUrl: base, email })).toEqual(['log', 'alertmanager', 'email']);
});

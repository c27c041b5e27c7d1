// GraphQL over WebSocket: live items arrive, and the limits and the error mask are those of HTTP.
import { connect } from 'node:net';
import { createClient, type Client } from 'graphql-ws';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { AlertTransition } from '../../src/events/alert-transition.js';
import { eventually } from '../support/eventually.js';
import { type Answer, MODEL, openDoor, PREDICT } from './http-door.js';

let door: Awaited<ReturnType<typeof openDoor>>;
let client: Client;
const open: WebSocket[] = [];

beforeEach(async () => {
  door = await openDoor({
    graphql: {
      maxSocketsPerAddress: 3,
      maxOperationsPerSocket: 5,
      connectionInitWaitMs: 200,
      keepAliveMs: 300,
    },
  });
  client = createClient({ url: wsUrl(), webSocketImpl: WebSocket, retryAttempts: 0 });
});
afterEach(async () => {
  await client.dispose();
  for (const socket of open.splice(0)) socket.terminate();
  await door.server.stop(500);
});

const wsUrl = () => door.endpoint.replace('http', 'ws');

it('delivers what is published to those who asked for it, and forgets them when they leave', async () => {
  const alerts = client.iterate<{ alertChanged: unknown }>({
    query: 'subscription { alertChanged(minSeverity: CRITICAL) { id state history { to at } } }',
  });
  const first = alerts.next();
  await eventually(() => door.rooms.live.alerts.subscribers() === 1);
  door.rooms.live.alerts.publish(transition('warning'));
  door.rooms.live.alerts.publish(transition('critical'));
  const received = await first;
  expect(received.done === true ? undefined : received.value.data?.alertChanged).toEqual({
    id: 'alert-critical',
    state: 'FIRING',
    history: [{ to: 'FIRING', at: '1970-01-01T00:00:00.005Z' }],
  });
  expect(await door.metrics.registry.metrics()).toContain(
    'vigie_graphql_subscriptions{field="alertChanged"} 1',
  );
  await alerts.return?.();
  await eventually(() => door.rooms.live.alerts.subscribers() === 0);
  await eventually(async () =>
    (await door.metrics.registry.metrics()).includes('vigie_graphql_subscriptions{field="alertChanged"} 0'),
  );
});

it('forgets a subscriber whose connection breaks without a word', async () => {
  const socket = await initialised();
  socket.send(
    JSON.stringify({
      id: '1',
      type: 'subscribe',
      payload: { query: 'subscription { metricUpdated { value } }' },
    }),
  );
  await eventually(() => door.rooms.live.reports.subscribers() === 1);
  socket.terminate();
  await eventually(() => door.rooms.live.reports.subscribers() === 0);
});

it('turns one report into one sample per measurement asked for', async () => {
  const samples = client.iterate<{ metricUpdated: unknown }>({
    query: 'subscription { metricUpdated(names: ["b"]) { name value labels at } }',
  });
  const first = samples.next();
  await eventually(() => door.rooms.live.reports.subscribers() === 1);
  const measurement = { labels: { quantile: '0.5' }, unit: null, value: 2, n: 3 };
  door.rooms.live.reports.publish({
    v: 1,
    model: MODEL,
    version: 1,
    monitor: 'latency',
    at: 5,
    window: { from: null, to: null, n: 3 },
    measurements: [
      { ...measurement, name: 'a' },
      { ...measurement, name: 'b' },
    ],
    findings: [],
    settings: {},
    health: { status: 'ok', errors: 0, lastError: null, lagSeconds: 0 },
  });
  const received = await first;
  expect(received.done === true ? undefined : received.value.data?.metricUpdated).toMatchObject({
    name: 'b',
    value: 2,
  });
  await samples.return?.();
});

it('delivers a prediction that was complete before the subscription, then ends', async () => {
  const made = await once(PREDICT, { input: { model: MODEL, features: {} } });
  const { id } = made.data?.['predict'] as { id: string };
  const received: unknown[] = [];
  for await (const item of client.iterate({
    query: `subscription { predictionCompleted(id: "${id}") { id status } }`,
  }))
    received.push(item.data?.['predictionCompleted']);
  expect(received).toEqual([{ id, status: 'COMPLETED' }]);
});

it('answers queries and mutations too', async () => {
  expect(await once('{ models { name } }')).toEqual({ data: { models: [{ name: MODEL }] } });
});

it.each([
  ['a malformed document', '{ models {', {}, 'GRAPHQL_PARSE_FAILED'],
  ['too many tokens', `{ ${'a '.repeat(3000)} }`, {}, 'GRAPHQL_PARSE_FAILED'],
  ['an unknown field', '{ nonsense }', {}, 'GRAPHQL_VALIDATION_FAILED'],
  [
    'depth',
    `{ __type(name: "Query") ${'{ ofType '.repeat(12)}{ name }${' }'.repeat(12)} }`,
    {},
    'GRAPHQL_VALIDATION_FAILED',
  ],
  [
    'aliases',
    `{ ${Array.from({ length: 40 }, (_, i) => `a${i}: __typename`).join(' ')} }`,
    {},
    'GRAPHQL_VALIDATION_FAILED',
  ],
  ['root fields', `{ ${'__typename '.repeat(11)} }`, {}, 'GRAPHQL_VALIDATION_FAILED'],
  ['a wrong variable', PREDICT, { input: { model: 7 } }, 'BAD_USER_INPUT'],
  ['a string for a number', PREDICT, { input: { model: MODEL, features: { a: 'x' } } }, 'INVALID_INPUT'],
  [
    'a prototype key',
    PREDICT,
    JSON.parse(`{"input":{"model":"${MODEL}","features":{"__proto__":1}}}`),
    'INVALID_INPUT',
  ],
  [
    '1001 instances',
    'mutation ($input: PredictBatchInput!) { predictBatch(input: $input) { predictions { id } } }',
    { input: { model: MODEL, instances: Array(1001).fill({}) } },
    'INVALID_INPUT',
  ],
  [
    'a subscription to an unknown model',
    'subscription { alertChanged(model: "none") { id } }',
    {},
    'MODEL_NOT_FOUND',
  ],
  [
    'a subscription whose argument breaks a rule',
    'subscription { alertChanged(model: "NO") { id } }',
    {},
    'INVALID_INPUT',
  ],
  ['a crash behind the field', PREDICT, { input: { model: MODEL, features: { boom: 1 } } }, 'INTERNAL'],
])('answers %s with the same code as over HTTP', async (_name, query, variables: unknown, code) => {
  const answer = await once(query, variables as Record<string, unknown>);
  expect(answer.errors?.[0]?.extensions['code']).toBe(code);
  expect(JSON.stringify(answer)).not.toMatch(/secret|stack|node_modules/);
});

it('ties the lines of an operation to its connection by the id the caller chose', async () => {
  const socket = await initialised({ 'x-request-id': 'ws-1' });
  const payload = { query: '{ models { name } }' };
  socket.send(JSON.stringify({ id: 'a', type: 'subscribe', payload }));
  socket.send(JSON.stringify({ id: 'not\nsane', type: 'subscribe', payload }));
  const operations = await eventually(() => {
    const found = door.lines.filter((line) => line.includes('"method":"WS"'));
    return found.length === 2 && found;
  });
  const ids = operations.map((line) => (JSON.parse(line) as { traceId: string }).traceId);
  expect(ids).toEqual(['ws-1.a', 'ws-1']);
});

it('logs a crash once with its stack', async () => {
  await once(PREDICT, { input: { model: MODEL, features: { boom: 1 } } });
  expect(door.lines.filter((line) => line.includes('secret detail'))).toHaveLength(1);
});

it.each([
  ['a message that is not JSON', '{', 4400],
  [
    'an operation before the connection is acknowledged',
    '{"id":"1","type":"subscribe","payload":{"query":"{ __typename }"}}',
    4401,
  ],
  ['a frame over 256 KiB', 'x'.repeat(300_000), 1009],
])('closes on %s', async (_name, text, code) => {
  const socket = await opened();
  const closed = closeCode(socket);
  socket.send(text);
  expect(await closed).toBe(code);
});

it('closes a connection that never says hello', async () => {
  expect(await closeCode(await opened())).toBe(4408);
});

it('cuts a client that answers no ping', async () => {
  const silent = new WebSocket(wsUrl(), 'graphql-transport-ws', { autoPong: false });
  open.push(silent);
  await new Promise((resolve) => silent.once('open', resolve));
  silent.send('{"type":"connection_init"}');
  expect(await closeCode(silent)).toBe(1006);
});

it('caps the operations of one connection and keeps the others running', async () => {
  const socket = await initialised();
  const query = 'subscription { alertChanged { id } }';
  const messages: { id: string; type: string; payload: { extensions: { code: string } }[] }[] = [];
  socket.on('message', (data: Buffer) =>
    messages.push(JSON.parse(data.toString()) as (typeof messages)[number]),
  );
  for (let id = 1; id <= 6; id++)
    socket.send(JSON.stringify({ id: String(id), type: 'subscribe', payload: { query } }));
  const refused = await eventually(() => messages.find(({ type }) => type === 'error'));
  expect(refused).toMatchObject({ id: '6', payload: [{ extensions: { code: 'OVERLOADED' } }] });
  expect(door.rooms.live.alerts.subscribers()).toBe(5);
});

it('caps connections per address, and frees the place of one that left', async () => {
  const sockets = [await opened(), await opened(), await opened()];
  expect(await upgradeStatus({})).toBe(429);
  sockets[0]?.terminate();
  await eventually(async () => (await upgradeStatus({})) === 101);
});

it('lets in its own host and no other origin unless listed', async () => {
  expect(await upgradeStatus({ origin: 'https://elsewhere.example' })).toBe(403);
  expect(await upgradeStatus({ origin: door.server.url })).toBe(101);
  expect(await upgradeStatus({}, '/elsewhere')).toBe(404);
});

it('ends live connections with 1001 when it stops', async () => {
  const socket = await initialised();
  const closed = closeCode(socket);
  await door.server.stop(1000);
  expect(await closed).toBe(1001);
});

it('cuts a client that reads nothing while items pile up', async () => {
  const { port } = new URL(door.endpoint);
  const raw = connect(Number(port), '127.0.0.1');
  raw.on('error', () => undefined);
  raw.write(
    `GET /graphql HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n` +
      `Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n`,
  );
  const answered = () => new Promise((resolve) => raw.once('data', resolve));
  await answered();
  raw.write(maskedFrame('{"type":"connection_init"}'));
  await answered();
  const payload = { query: 'subscription { alertChanged { summary } }' };
  raw.write(maskedFrame(JSON.stringify({ id: '1', type: 'subscribe', payload })));
  await eventually(() => door.rooms.live.alerts.subscribers() === 1);
  raw.pause();
  const { alert, ...rest } = transition('critical');
  for (let i = 0; i < 2000; i++)
    door.rooms.live.alerts.publish({ ...rest, alert: { ...alert, summary: 'x'.repeat(10_000) } });
  await eventually(() => door.rooms.live.alerts.subscribers() === 0);
  expect(door.rooms.droppedAlerts()).toBeGreaterThan(0);
  raw.destroy();
});

async function once(query: string, variables: Record<string, unknown> = {}): Promise<Answer> {
  try {
    for await (const item of client.iterate({ query, variables })) return item as Answer;
    return {};
  } catch (errors) {
    return { errors: errors as NonNullable<Answer['errors']> };
  }
}

async function opened(headers: Record<string, string> = {}): Promise<WebSocket> {
  const socket = new WebSocket(wsUrl(), 'graphql-transport-ws', { headers });
  open.push(socket);
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  return socket;
}

async function initialised(headers: Record<string, string> = {}): Promise<WebSocket> {
  const socket = await opened(headers);
  const acknowledged = new Promise((resolve) => socket.once('message', resolve));
  socket.send('{"type":"connection_init"}');
  await acknowledged;
  return socket;
}

function closeCode(socket: WebSocket): Promise<number> {
  return new Promise((resolve) => socket.once('close', resolve));
}

function upgradeStatus(headers: Record<string, string>, path = '/graphql'): Promise<number> {
  const socket = new WebSocket(`${door.server.url.replace('http', 'ws')}${path}`, 'graphql-transport-ws', {
    headers,
  });
  open.push(socket);
  return new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.once('open', () => {
      socket.terminate();
      resolve(101);
    });
    socket.once('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
  });
}

/** A client's text frame of less than 64 KiB, masked with zeros. */
function maskedFrame(text: string): Buffer {
  const payload = Buffer.from(text);
  const head =
    payload.length < 126
      ? Buffer.from([0x81, 0x80 | payload.length])
      : Buffer.from([0x81, 0x80 | 126, payload.length >> 8, payload.length & 0xff]);
  return Buffer.concat([head, Buffer.alloc(4), payload]);
}

function transition(severity: 'warning' | 'critical'): AlertTransition {
  return {
    v: 1,
    id: `t-${severity}`,
    from: null,
    to: 'firing',
    at: 5,
    by: null,
    comment: null,
    value: 1,
    notify: true,
    alert: {
      id: `alert-${severity}`,
      model: MODEL,
      version: 1,
      monitor: 'confidence',
      key: 'mean',
      severity,
      state: 'firing',
      summary: 'low',
      value: 1,
      threshold: 2,
      startedAt: 1,
      firedAt: 5,
      resolvedAt: null,
      acknowledgedBy: null,
    },
  };
}

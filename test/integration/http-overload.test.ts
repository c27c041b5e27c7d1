// A process that has as much under way as it may refuses more at once, and says so where an operator looks.
import { Agent, request } from 'node:http';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { openSocket, talkTcp } from '../support/raw-client.js';
import { MODEL, openDoor, post, PREDICT } from './http-door.js';

let door: Awaited<ReturnType<typeof openDoor>>;
beforeEach(async () => {
  door = await openDoor({ graphql: { maxOpenRequests: 2 } });
});
afterEach(async () => {
  door.rooms.release();
  await door.server.stop(500);
});

const HELD = JSON.stringify({
  query: PREDICT,
  variables: { input: { model: MODEL, features: {}, metadata: { hold: true } } },
});
const REFUSED = { code: 'OVERLOADED', retryable: true, retryAfterMs: 1000 };

/** Takes all the room there is. */
async function fill(): Promise<{ readonly answers: Promise<readonly unknown[]> }> {
  const answers = Promise.all([post(door.endpoint, HELD), post(door.endpoint, HELD)]);
  await eventually(() => door.rooms.holding() === 2);
  return { answers };
}

it('refuses one too many with a code and a time to come back, and takes it when there is room again', async () => {
  const { answers } = await fill();
  const refused = await post(door.endpoint, '{"query":"{ __typename }"}', { 'x-request-id': 'one-too-many' });
  expect(refused.status).toBe(503);
  expect(refused.headers.get('retry-after')).toBe('1');
  expect(refused.headers.get('x-request-id')).toBe('one-too-many');
  expect(refused.body.errors?.[0]?.extensions).toEqual(REFUSED);
  door.rooms.release();
  expect(await answers).toMatchObject([{ status: 200 }, { status: 200 }]);
  expect((await post(door.endpoint, '{"query":"{ __typename }"}')).status).toBe(200);
});

it('serves a connection that was refused and came back at once, when there is room', async () => {
  const { answers } = await fill();
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const ask = () =>
    new Promise<number | undefined>((resolve, reject) => {
      request(door.endpoint, { agent, method: 'POST', headers: { 'content-type': 'application/json' } })
        .on('response', (response) => response.resume().on('end', () => resolve(response.statusCode)))
        .on('error', reject)
        .end('{"query":"{ __typename }"}');
    });
  expect([await ask(), await ask(), await ask()]).toEqual([503, 503, 503]);
  door.rooms.release();
  await answers;
  expect(await ask()).toBe(200);
  agent.destroy();
});

it('tells each of a crowd in its turn, whoever leaves meanwhile', async () => {
  await fill();
  const leaving = new AbortController();
  const ask = (signal: AbortSignal | null) =>
    fetch(door.endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: HELD,
      signal,
    }).then(
      ({ status }) => status,
      () => 'left',
    );
  const crowd = Array.from({ length: 200 }, (_, i) => ask(i % 4 === 0 ? leaving.signal : null));
  leaving.abort();
  const heard = await Promise.all(crowd);
  expect(heard.filter((_, i) => i % 4 > 0)).toEqual(Array<number>(150).fill(503));
  const text = await (await fetch(`${door.server.url}/metrics`)).text();
  expect(text).toContain('vigie_graphql_open_requests 2');
});

it('refuses before it has read what is asked', async () => {
  await fill();
  const { hostname } = new URL(door.endpoint);
  const head = `POST /graphql HTTP/1.1\r\nHost: ${hostname}\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n`;
  expect(await talkTcp(door.server.url, `${head}Connection: close\r\n\r\n`)).toMatch(/^HTTP\/1.1 503 /);
});

it('answers health and metrics all the same, and counts what it refused', async () => {
  await fill();
  await post(door.endpoint, HELD);
  expect((await fetch(`${door.server.url}/health/ready`)).status).toBe(200);
  expect((await fetch(`${door.server.url}/health/live`)).status).toBe(200);
  const text = await (await fetch(`${door.server.url}/metrics`)).text();
  expect(text).toContain('vigie_graphql_open_requests 2');
  expect(text).toContain('vigie_graphql_refused_requests_total 1');
  expect(text).toContain('vigie_http_request_seconds_count{route="/graphql",method="POST",status="503"} 1');
});

it('writes no line about each refusal that would be shown', async () => {
  await fill();
  await post(door.endpoint, HELD);
  const line = await eventually(() => door.lines.find((entry) => entry.includes('"status":503')));
  expect(line).toContain('"level":20');
});

it('counts what comes over WebSocket with the rest, but no subscription', async () => {
  const live = await openSocket(door.server.url);
  const held = [live.run(HELD), post(door.endpoint, HELD)];
  await eventually(() => door.rooms.holding() === 2);
  const query = { query: 'subscription { alertChanged { id } }' };
  live.socket.send(JSON.stringify({ id: 'live', type: 'subscribe', payload: query }));
  await eventually(() => door.rooms.live.alerts.subscribers() === 1);
  const refused = await live.run('{"query":"{ __typename }"}');
  expect((JSON.parse(refused.text) as { errors: unknown[] }).errors).toMatchObject([{ extensions: REFUSED }]);
  expect((await post(door.endpoint, '{"query":"{ __typename }"}')).status).toBe(503);
  door.rooms.release();
  await Promise.all(held);
  expect((await live.run('{"query":"{ __typename }"}')).code).toBeUndefined();
  live.socket.terminate();
});

it('has room again after failures of every kind', async () => {
  const ask = (body: object) => post(door.endpoint, JSON.stringify(body));
  for (let round = 0; round < 3; round++) {
    await ask({ query: '{ nonsense }' });
    await ask({ query: PREDICT, variables: { input: 7 } });
    await ask({ query: PREDICT, variables: { input: { model: MODEL, features: { boom: 1 } } } });
    await ask({ query: 'subscription { alertChanged { id } }' });
  }
  expect(await door.metrics.registry.metrics()).toContain('vigie_graphql_open_requests 0');
});

it('refuses a prediction for which its model has no time without running it, in the words it would have got', async () => {
  const ask = (input: object, query = PREDICT) =>
    post(
      door.endpoint,
      JSON.stringify({ query, variables: { input: { model: MODEL, features: {}, ...input } } }),
    );
  await ask({});
  door.rooms.busy.add(MODEL);
  const asked = door.rooms.clients().length;
  const refused = await ask({});
  expect(refused.status).toBe(200);
  expect(refused.body.data).toBeNull();
  expect(refused.body.errors).toMatchObject([
    {
      message: 'The line is full.',
      path: ['predict'],
      extensions: { code: 'OVERLOADED', retryable: true, retryAfterMs: 250 },
    },
  ]);
  expect(door.rooms.clients()).toHaveLength(asked);
  // What may have been answered before, and what is more than one prediction, is looked at in earnest.
  expect((await ask({ requestId: 'again' })).body.errors).toBeUndefined();
  expect((await ask({ model: 'other' })).body.errors).toMatchObject([
    { extensions: { code: 'MODEL_NOT_FOUND' } },
  ]);
  const twice = PREDICT.replace('predict(', 'a: predict(input: $input) { id } b: predict(');
  await ask({}, twice);
  expect((await ask({}, twice)).body.errors).toBeUndefined();
});

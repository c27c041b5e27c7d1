// The door around GraphQL: health, metrics, request ids, origins, and a graceful end.
import { afterEach, expect, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { openSocket } from '../support/raw-client.js';
import { MODEL, openDoor, post, PREDICT } from './http-door.js';

const open: Awaited<ReturnType<typeof openDoor>>[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map(({ server }) => server.stop(500)));
});

async function start(...options: Parameters<typeof openDoor>) {
  const door = await openDoor(...options);
  open.push(door);
  return door;
}

it('is live whatever its dependencies do, and ready only with them', async () => {
  let status: 'ok' | 'degraded' | 'down' = 'ok';
  const { server } = await start({
    checks: () => Promise.resolve([{ name: 'redis', status, detail: null }]),
  });
  const ready = async () => (await fetch(`${server.url}/health/ready`)).status;
  expect(await ready()).toBe(200);
  status = 'degraded';
  expect(await ready()).toBe(200);
  status = 'down';
  expect(await ready()).toBe(503);
  expect((await fetch(`${server.url}/health/live`)).status).toBe(200);
  const body: unknown = await (await fetch(`${server.url}/health/ready`)).json();
  expect(body).toEqual({ status: 'down', dependencies: [{ name: 'redis', status: 'down', detail: null }] });
});

it('calls a check that never answers, or throws, down', async () => {
  const never = await start({ checks: () => new Promise(() => undefined), checkTimeoutMs: 50 });
  expect((await fetch(`${never.server.url}/health/ready`)).status).toBe(503);
  const broken = await start({ checks: () => Promise.reject(new Error('secret')) });
  const response = await fetch(`${broken.server.url}/health/ready`);
  expect(response.status).toBe(503);
  expect(await response.text()).not.toContain('secret');
});

it('answers health and metrics alone where no API is served', async () => {
  const { server } = await start({ graphql: false });
  expect((await fetch(`${server.url}/health/ready`)).status).toBe(200);
  expect((await fetch(`${server.url}/metrics`)).status).toBe(200);
  const graphql = await post(`${server.url}/graphql`, '{}');
  expect(graphql.status).toBe(404);
  expect(graphql.body.errors?.[0]?.extensions['code']).toBe('NOT_FOUND');
});

it('brings metrics up to date before each scrape, and shows the rest when that fails', async () => {
  let fails = false;
  const { server, metrics } = await start({
    collect: () => {
      if (fails) return Promise.reject(new Error('away'));
      metrics.dependencyUp.set({ dependency: 'redis' }, 1);
      return Promise.resolve();
    },
  });
  const scrape = async () => (await fetch(`${server.url}/metrics`)).text();
  expect(await scrape()).toContain('vigie_dependency_up{dependency="redis"} 1');
  fails = true;
  expect(await scrape()).toContain('vigie_dependency_up{dependency="redis"} 1');
  expect(await scrape()).toMatch(
    /vigie_http_request_seconds_count\{route="\/metrics",method="GET",status="200"\} \d/,
  );
});

it('keeps unknown paths out of the labels', async () => {
  const { server, metrics } = await start();
  await fetch(`${server.url}/secret-path-1`);
  expect(await metrics.registry.metrics()).not.toContain('secret-path-1');
});

it('keeps a sane request id and replaces any other', async () => {
  const { server } = await start();
  const idFor = async (id: string) =>
    (await fetch(`${server.url}/health/live`, { headers: { 'x-request-id': id } })).headers.get(
      'x-request-id',
    );
  expect(await idFor('abc-1.2:3_4')).toBe('abc-1.2:3_4');
  expect(await idFor('a b')).toMatch(/^id-/);
  expect(await idFor('x'.repeat(65))).toMatch(/^id-/);
});

it('logs each request with its operation and id, never with what was asked', async () => {
  const { endpoint, lines } = await start();
  const input = { model: MODEL, features: { sepal_length: 31337 }, subject: 'someone' };
  await post(endpoint, JSON.stringify({ query: PREDICT, variables: { input } }), { 'x-request-id': 'r-1' });
  const line = await eventually(() => lines.find((entry) => entry.includes('"traceId":"r-1"')));
  expect(JSON.parse(line)).toMatchObject({
    method: 'POST',
    route: '/graphql',
    status: 200,
    operation: 'predict',
  });
  expect(lines.join('')).not.toMatch(/31337|someone/);
});

it('hands the address of the caller on, and keeps it out of the log', async () => {
  const { endpoint, lines, rooms, server } = await start();
  await post(
    endpoint,
    JSON.stringify({ query: PREDICT, variables: { input: { model: MODEL, features: {} } } }),
  );
  const live = await openSocket(server.url);
  const query =
    'mutation ($input: PredictBatchInput!) { predictBatch(input: $input) { predictions { id } } }';
  await live.run(JSON.stringify({ query, variables: { input: { model: MODEL, instances: [{}] } } }));
  expect(rooms.clients()).toEqual(['127.0.0.1', '127.0.0.1']);
  live.socket.terminate();
  expect(lines.join('')).not.toContain('127.0.0.1');
});

it('gives pages of listed origins leave to read, and others none', async () => {
  const { endpoint } = await start({ allowedOrigins: ['https://dashboard.example'] });
  const preflight = (origin: string) =>
    fetch(endpoint, { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'POST' } });
  const allowed = await preflight('https://dashboard.example');
  expect(allowed.status).toBe(204);
  expect(allowed.headers.get('access-control-allow-origin')).toBe('https://dashboard.example');
  expect(
    (await preflight('https://elsewhere.example')).headers.get('access-control-allow-origin'),
  ).toBeNull();
});

it('is not ready once told to drain, and still serves', async () => {
  const { server, endpoint } = await start();
  server.drain();
  expect((await fetch(`${server.url}/health/ready`)).status).toBe(503);
  expect((await post(endpoint, '{"query":"{ __typename }"}')).status).toBe(200);
});

it('finishes requests in flight when it stops, and takes no more', async () => {
  const { server, endpoint, rooms } = await openDoor();
  const held = { model: MODEL, features: {}, metadata: { hold: true } };
  const answer = post(endpoint, JSON.stringify({ query: PREDICT, variables: { input: held } }));
  await eventually(() => rooms.holding() === 1);
  const stopped = server.stop(5000);
  await eventually(() =>
    fetch(`${server.url}/health/live`).then(
      () => false,
      () => true,
    ),
  );
  rooms.release();
  expect((await answer).body.data?.['predict']).toMatchObject({ label: 'setosa' });
  await stopped;
});

it('cuts what is not answered within the grace', async () => {
  const { server, endpoint, rooms } = await openDoor();
  const held = { model: MODEL, features: {}, metadata: { hold: true } };
  const answer = post(endpoint, JSON.stringify({ query: PREDICT, variables: { input: held } })).catch(
    () => 'cut',
  );
  await eventually(() => rooms.holding() === 1);
  await server.stop(50);
  expect(await answer).toBe('cut');
});

// One id leads from a client's request through the door and the worker to every log line about it.
import { createClient } from 'graphql-ws';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { CLEAR_IRIS, PREDICT } from '../support/api-client.js';
import { eventually } from '../support/eventually.js';
import { startSplitHouse, type SplitHouse } from '../support/split-house.js';
import type { VigieProcess } from '../support/vigie-process.js';

let house: SplitHouse;
let front: VigieProcess;
let worker: VigieProcess;

beforeAll(async () => {
  house = await startSplitHouse();
  ({ front, worker } = house);
});
afterAll(() => house.stop());

const variables = (features: object) => ({ input: { model: 'iris-classifier', features } });
const post = (traceId: string, features: object = CLEAR_IRIS) =>
  fetch(`${front.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-request-id': traceId },
    body: JSON.stringify({ query: PREDICT, variables: variables(features) }),
  });
/** The line of the room that carries the id, which is written by the time its answer is sent, or just after. */
const lineOf = (vigie: VigieProcess, room: string, traceId: string) =>
  eventually(() =>
    vigie.lines.find((line) => {
      const { traceIds } = line;
      const carries = line['traceId'] === traceId || (Array.isArray(traceIds) && traceIds.includes(traceId));
      return line['room'] === room && carries;
    }),
  );

it('a request id of the client comes back with the answer and stands in the lines of door and worker', async () => {
  const response = await post('trace-me-1');
  expect(response.headers.get('x-request-id')).toBe('trace-me-1');
  expect(await response.json()).toMatchObject({ data: { predict: { label: 'setosa' } } });
  expect(await lineOf(front, 'http', 'trace-me-1')).toMatchObject({ operation: 'predict', status: 200 });
  expect(await lineOf(worker, 'workers', 'trace-me-1')).toMatchObject({
    level: 'info',
    model: 'iris-classifier',
  });
});

it('a request without one gets one, which leads as far', async () => {
  const response = await fetch(`${front.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: PREDICT, variables: variables(CLEAR_IRIS) }),
  });
  const traceId = response.headers.get('x-request-id') ?? '';
  expect(traceId).not.toBe('');
  await lineOf(front, 'http', traceId);
  await lineOf(worker, 'workers', traceId);
});

it('over a WebSocket the id of the connection and that of the operation lead as far', async () => {
  class Traced extends WebSocket {
    constructor(url: string, protocol: string) {
      super(url, protocol, { headers: { 'x-request-id': 'trace-ws' } });
    }
  }
  const client = createClient({
    url: `${front.url.replace('http', 'ws')}/graphql`,
    webSocketImpl: Traced,
    generateID: () => 'op-1',
  });
  for await (const answer of client.iterate({ query: PREDICT, variables: variables(CLEAR_IRIS) }))
    expect(answer.errors).toBeUndefined();
  await client.dispose();
  expect(await lineOf(front, 'http', 'trace-ws.op-1')).toMatchObject({ operation: 'predict', outcome: 'ok' });
  await lineOf(worker, 'workers', 'trace-ws.op-1');
});

it('requests that were computed together each keep their id', async () => {
  const ids = Array.from({ length: 5 }, (_, i) => `trace-together-${i}`);
  await Promise.all(ids.map((id) => post(id)));
  for (const id of ids) await lineOf(worker, 'workers', id);
});

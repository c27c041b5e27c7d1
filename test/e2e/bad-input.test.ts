// Bad input of every kind against the running program: a coded error over HTTP and WebSocket alike, no crash, no stack, no values in the log.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLEAR_IRIS, predictIris } from '../support/api-client.js';
import { openSocket, postRaw, talkTcp, type RawSocket } from '../support/raw-client.js';
import { privateDataDir, startVigie, type VigieProcess } from '../support/vigie-process.js';
import {
  BATCH,
  features,
  irisWith,
  MODEL,
  operation,
  SECRET_NUMBER,
  SECRET_TEXT,
  WRONG_OPERATIONS,
} from './wrong-operations.js';

const STACK = /\bat .+:\d+:\d+|node_modules|\.[jt]s:\d+/;

let vigie: VigieProcess;
let data: Awaited<ReturnType<typeof privateDataDir>>;
let live: RawSocket;

beforeAll(async () => {
  data = await privateDataDir();
  // In production introspection is refused altogether, and with it the only way to nest deeply.
  vigie = await startVigie({ DATA_DIR: data.dir, NODE_ENV: 'development' });
  live = await openSocket(vigie.url);
});

afterAll(async () => {
  live.socket.terminate();
  expect(await vigie.stop()).toBe(0);
  await data.remove();
});

const expected = (code: string, path: string | undefined) => ({
  code,
  ...(path !== undefined && { paths: expect.arrayContaining([path]) as string[] }),
});

describe('an operation with', () => {
  it.each(WRONG_OPERATIONS)('$what is refused over HTTP', async ({ payload, code, path }) => {
    const answer = await postRaw(vigie.url, payload);
    expect(answer).toMatchObject(expected(code, path));
    expect(answer.text).not.toMatch(STACK);
  });

  it.each(WRONG_OPERATIONS)('$what is refused over WebSocket', async ({ payload, code, path }) => {
    const answer = await live.run(payload);
    expect(answer).toMatchObject(expected(code, path));
    expect(answer.text).not.toMatch(STACK);
  });

  it('one bad instance among good ones fails alone, named by its place', async () => {
    const instances = JSON.stringify([CLEAR_IRIS, CLEAR_IRIS]).replace(
      /\}\]$/,
      ',"__proto__":{"polluted":1}}]',
    );
    const body = operation(BATCH, `{"input":{"model":"${MODEL}","instances":${instances}}}`);
    for (const answer of [await postRaw(vigie.url, body), await live.run(body)]) {
      const { predictBatch } = (JSON.parse(answer.text) as { data: { predictBatch: object } }).data;
      expect(predictBatch).toMatchObject({
        predictions: [{ id: expect.any(String) as string }],
        errors: [{ code: 'INVALID_INPUT', issues: [{ path: 'input.instances[1].__proto__' }] }],
      });
    }
  });
});

describe('an HTTP request with', () => {
  const json = { 'content-type': 'application/json' };
  it.each<[string, string | Buffer, Record<string, string>, number, string]>([
    ['malformed JSON', '{"query": ', json, 400, 'BAD_REQUEST'],
    ['NaN in JSON', irisWith('petal_width', 'NaN'), json, 400, 'BAD_REQUEST'],
    ['no body', '', json, 400, 'BAD_REQUEST'],
    ['a body that is no object', '7', json, 400, 'BAD_REQUEST'],
    ['null for a body', 'null', json, 400, 'BAD_REQUEST'],
    ['several operations at once', '[{"query":"{ __typename }"}]', json, 400, 'BAD_REQUEST'],
    ['a query that is no string', '{"query":{"a":1}}', json, 400, 'BAD_REQUEST'],
    ['variables that are no object', '{"query":"{ __typename }","variables":"x"}', json, 400, 'BAD_REQUEST'],
    ['a subscription', operation('subscription { alertChanged { id } }'), json, 400, 'BAD_REQUEST'],
    ['bytes that are no text', Buffer.from([0xff, 0xfe, 0x00, 0x80]), json, 400, 'BAD_REQUEST'],
    [
      'a form',
      'query=%7B__typename%7D',
      { 'content-type': 'application/x-www-form-urlencoded' },
      415,
      'UNSUPPORTED_MEDIA_TYPE',
    ],
    [
      '9 MB',
      `{"query":"{ __typename }","variables":{"x":"${SECRET_TEXT.repeat(760_000)}"}}`,
      json,
      413,
      'PAYLOAD_TOO_LARGE',
    ],
  ])('%s is refused', async (_name, body, headers, status, code) => {
    const answer = await postRaw(vigie.url, body, headers);
    expect(answer).toMatchObject({ status, code });
    expect(answer.text).not.toMatch(STACK);
  });

  it.each([
    ['a path that cannot be decoded', '/%E0%A4%A', 400],
    ['a query string that cannot be decoded', '/graphql?query=%E0%A4%A', 400],
    ['a path outside', '/../../etc/passwd', 404],
    ['variables that are no JSON', '/graphql?query=%7B__typename%7D&variables=%7B', 400],
  ])('%s is refused', async (_name, path, status) => {
    const heard = await talkTcp(vigie.url, `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    expect(heard).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(heard).not.toMatch(STACK);
  });

  it.each([
    ['no HTTP at all', `\u0000\u0001${SECRET_TEXT}\r\n\r\n`],
    ['a header of a megabyte', `GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(1_000_000)}\r\n\r\n`],
    [
      'less body than it says',
      `POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{`,
    ],
  ])('%s is cut off', async (_name, bytes) => {
    expect(await talkTcp(vigie.url, bytes)).not.toMatch(STACK);
  });
});

describe('a WebSocket with', () => {
  const subscribe = (payload: string) => `{"id":"1","type":"subscribe","payload":${payload}}`;
  it.each<[string, string | Buffer, number]>([
    ['a frame that is no JSON', '{"type":', 4400],
    ['a frame that is no message', '7', 4400],
    ['a message of no known type', '{"type":"sesame"}', 4400],
    ['a query that is no string', subscribe('{"query":7}'), 4400],
    ['a binary frame', Buffer.from([1, 2, 3]), 4400],
    ['a second greeting', '{"type":"connection_init"}', 4429],
    ['5 MB', subscribe(operation('{ __typename }', `{"x":"${'x'.repeat(5_000_000)}"}`)), 1009],
  ])('%s is closed', async (_name, frame, code) => {
    const { socket, closed } = await openSocket(vigie.url);
    socket.on('error', () => undefined);
    socket.send(frame);
    expect(await closed).toBe(code);
  });

  it('an operation before its greeting is closed', async () => {
    const { socket, closed } = await openSocket(vigie.url, { greet: false });
    socket.send(subscribe(operation('{ __typename }')));
    expect(await closed).toBe(4401);
  });

  it('an operation twice under one id is closed', async () => {
    const { socket, closed } = await openSocket(vigie.url);
    const message = subscribe(operation('subscription { alertChanged { id } }'));
    socket.send(message);
    socket.send(message);
    expect(await closed).toBe(4409);
  });
});

describe('after all of it', () => {
  it('the process answers over HTTP and on the socket it was offended on', async () => {
    const { data: answer } = await predictIris(vigie.url, CLEAR_IRIS);
    expect(answer?.predict.label).toBe('setosa');
    const again = await live.run(features(JSON.stringify(CLEAR_IRIS)));
    expect(again.code).toBeUndefined();
    expect(again.text).toContain('setosa');
    expect((await fetch(`${vigie.url}/health/ready`)).status).toBe(200);
    expect((await predictIris(vigie.url, { ...CLEAR_IRIS, polluted: 1 })).errors?.[0]?.extensions.code).toBe(
      'INVALID_INPUT',
    );
  });

  it('its log holds no error, no stack and no value that was sent', () => {
    const lines = vigie.lines.map((line) => JSON.stringify(line));
    expect(vigie.lines.filter(({ level }) => level === 'error' || level === 'fatal')).toEqual([]);
    expect(lines.filter((line) => STACK.test(line))).toEqual([]);
    expect(
      lines.filter((line) => line.includes(String(SECRET_NUMBER)) || line.includes(SECRET_TEXT)),
    ).toEqual([]);
    expect(vigie.errorOutput()).toBe('');
  });
});

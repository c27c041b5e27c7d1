// The load generator against a real server that counts on its own: what one says the other must have seen.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { LoadPlan } from './plan.js';
import { runLoad } from './run-load.js';

const GOOD = JSON.stringify({ data: { predict: { label: 'a' } } });
const OVERLOADED = JSON.stringify({
  data: null,
  errors: [{ message: 'no', extensions: { code: 'OVERLOADED' } }],
});
const ONE_ROW_LESS = JSON.stringify({
  data: { predictBatch: { predictions: [], errors: [{ index: 3, code: 'INVALID_INPUT', message: 'no' }] } },
});

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

interface Seen {
  requests: number;
  open: number;
  mostOpen: number;
  readonly bodies: Set<string>;
}

/** Answers as `handle` says; counts requests, and how many were under way at once. */
async function serve(
  handle: (index: number, response: ServerResponse) => void,
): Promise<{ url: string; seen: Seen }> {
  const seen: Seen = { requests: 0, open: 0, mostOpen: 0, bodies: new Set() };
  const started = createServer((request: IncomingMessage, response) => {
    const index = seen.requests++;
    seen.mostOpen = Math.max(seen.mostOpen, (seen.open += 1));
    response.on('close', () => (seen.open -= 1));
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      seen.bodies.add(body);
      handle(index, response);
    });
  });
  server = started;
  await new Promise<void>((listening) => started.listen({ host: '127.0.0.1', port: 0 }, listening));
  const { port } = started.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/graphql`, seen };
}

function answer(response: ServerResponse, body: string, status = 200): void {
  response.writeHead(status, { 'content-length': Buffer.byteLength(body) }).end(body);
}

function plan(url: string, pattern: LoadPlan['pattern'], more: Partial<LoadPlan> = {}): LoadPlan {
  const bodies = ['{"n":1}', '{"n":2}', '{"n":"ü"}'];
  return {
    url,
    bodies,
    rowsPerRequest: 1,
    pattern,
    warmUpSeconds: 0,
    seconds: 0.4,
    patienceMs: 5000,
    ...more,
  };
}

describe('closed-loop load', () => {
  it('counts every request once and keeps exactly so many under way', async () => {
    const { url, seen } = await serve((_, response) => void setTimeout(() => answer(response, GOOD), 20));
    const result = await runLoad(plan(url, { kind: 'closed', connections: 5 }));
    expect(result.allRows).toBe(seen.requests);
    expect(result.outcomes['OK']?.count).toBeGreaterThan(5);
    expect(Object.keys(result.outcomes)).toEqual(['OK']);
    expect(seen.mostOpen).toBe(5);
    expect(result.connections).toBe(5);
    expect([...seen.bodies].sort()).toEqual(['{"n":"ü"}', '{"n":1}', '{"n":2}'].sort());
  });

  it('leaves the warm-up out of the figures and in the sum of the work', async () => {
    const { url, seen } = await serve((_, response) => answer(response, GOOD));
    const result = await runLoad(plan(url, { kind: 'closed', connections: 1 }, { warmUpSeconds: 0.2 }));
    expect(result.allRows).toBe(seen.requests);
    expect(result.outcomes['OK']?.count).toBeLessThan(seen.requests);
    expect(result.perSecond).toBeCloseTo((result.outcomes['OK']?.count ?? 0) / 0.4, 6);
  });

  it('tells outcomes apart by code, and goes on after each of them', async () => {
    const kinds = [
      (response: ServerResponse) => answer(response, GOOD),
      (response: ServerResponse) => answer(response, OVERLOADED),
      (response: ServerResponse) => answer(response, OVERLOADED, 503),
      (response: ServerResponse) => answer(response, 'oops', 502),
      (response: ServerResponse) => response.destroy(),
      (response: ServerResponse) => response.write('without a length'),
      (response: ServerResponse) => answer(response, '{"errors":[{"message":"no code"}]}'),
    ];
    let answered = 0;
    const { url } = await serve((index, response) => {
      if (index >= kinds.length * 3) return;
      answered += 1;
      kinds[index % kinds.length]?.(response);
    });
    const load = plan(url, { kind: 'closed', connections: 1 }, { seconds: 3, patienceMs: 0 });
    const { outcomes } = await runLoad(load);
    const counts = Object.fromEntries(Object.entries(outcomes).map(([code, { count }]) => [code, count]));
    expect(answered).toBe(kinds.length * 3);
    expect(counts).toEqual({
      OK: 3,
      OVERLOADED: 6,
      HTTP_502: 3,
      CONNECTION: 3,
      PROTOCOL: 3,
      ERROR: 3,
      NO_ANSWER: 1,
    });
  });

  it('counts the good rows of a batch of which some failed, under the code of the first that did', async () => {
    const { url, seen } = await serve((_, response) => answer(response, ONE_ROW_LESS));
    const result = await runLoad(plan(url, { kind: 'closed', connections: 2 }, { rowsPerRequest: 10 }));
    expect(Object.keys(result.outcomes)).toEqual(['INVALID_INPUT']);
    expect(result.allRows).toBe(seen.requests * 9);
    expect(result.perSecond).toBe(0);
  });
});

describe('open-loop load', () => {
  it('sends every request that falls due, however long the server keeps them', async () => {
    const held: ServerResponse[] = [];
    const { url, seen } = await serve((_, response) => {
      held.push(response);
      if (held.length === 100) for (const each of held) answer(each, GOOD);
    });
    const result = await runLoad(
      plan(url, { kind: 'open', perSecond: 200, maxConnections: 200 }, { seconds: 0.5 }),
    );
    expect(seen.requests).toBe(100);
    expect(seen.mostOpen).toBe(100);
    expect(result.outcomes['OK']?.count).toBe(100);
    expect(result.unsent).toBe(0);
  });

  it('lets no connection lie idle while others work, which its server would close', async () => {
    const used = new Set<unknown>();
    const { url } = await serve((_, response) => {
      used.add(response.socket);
      answer(response, GOOD);
    });
    const pattern = { kind: 'open', perSecond: 50, openFirst: 4, maxConnections: 4 } as const;
    const { outcomes } = await runLoad(plan(url, pattern));
    expect(outcomes['OK']?.count).toBe(20);
    expect(used.size).toBe(4);
  });

  it('counts from the moment a request was due, so that a pause is not forgiven to those behind it', async () => {
    const pauseMs = 300;
    const { url } = await serve((index, response) => {
      setTimeout(() => answer(response, GOOD), index === 0 ? pauseMs : 0);
    });
    const load = plan(url, { kind: 'open', perSecond: 100, maxConnections: 1 }, { seconds: 1 });
    const { outcomes } = await runLoad(load);
    // Of one that was sent after the answer to the first, but due long before.
    expect(outcomes['OK']?.p90).toBeGreaterThan(pauseMs / 2);
    expect(outcomes['OK']?.max).toBeGreaterThanOrEqual(pauseMs);
  });

  it('says how many never left for want of a connection, and what was never answered', async () => {
    const { url, seen } = await serve(() => undefined);
    const load = plan(url, { kind: 'open', perSecond: 100, maxConnections: 3 }, { patienceMs: 100 });
    const result = await runLoad(load);
    expect(seen.requests).toBe(3);
    expect(result.connections).toBe(3);
    expect(result.outcomes['NO_ANSWER']?.count).toBe(3);
    expect(result.unsent).toBe(37);
  });

  it('uses a connection again rather than opening another', async () => {
    const { url, seen } = await serve((_, response) => answer(response, GOOD));
    const result = await runLoad(
      plan(url, { kind: 'open', perSecond: 50, maxConnections: 1 }, { seconds: 1 }),
    );
    const answered = result.outcomes['OK']?.count ?? 0;
    expect(result.connections).toBe(1);
    expect(answered).toBeGreaterThan(1);
    expect([answered, answered + result.unsent]).toEqual([seen.requests, 50]);
  });
});

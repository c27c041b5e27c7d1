// A transfer that is under way outlives the limit every other request is held to.
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { createSlowTransfers } from './slow-transfers.js';

const LIMIT_MS = 300;
const servers: ReturnType<typeof createServer>[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.closeAllConnections();
});

/** Sends half a body, and the rest long after the limit; answers what the server says. */
async function sendSlowly({ isTransfer }: { isTransfer: boolean }): Promise<string> {
  const slow = createSlowTransfers();
  const limits = { requestTimeout: LIMIT_MS, headersTimeout: LIMIT_MS, connectionsCheckingInterval: 50 };
  const server = createServer(limits, (request, response) => {
    const end = isTransfer ? slow.begin(request) : () => undefined;
    request.resume().on('end', () => {
      end();
      response.end();
    });
  });
  servers.push(server.on('clientError', slow.onClientError));
  const port = await new Promise<number>((resolve) =>
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    }),
  );
  return await new Promise((resolve) => {
    let heard = '';
    const client = connect(port, '127.0.0.1');
    client.write('PUT / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 4\r\n\r\nab');
    const rest = setTimeout(() => client.write('cd'), LIMIT_MS * 4);
    client.on('data', (data: Buffer) => (heard += data.toString()));
    client.on('error', () => undefined);
    client.on('close', () => {
      clearTimeout(rest);
      resolve(heard.split('\r\n')[0] ?? '');
    });
  });
}

it('lets a transfer take its time', async () => {
  expect(await sendSlowly({ isTransfer: true })).toBe('HTTP/1.1 200 OK');
});

it('ends any other request that has not arrived in time', async () => {
  expect(await sendSlowly({ isTransfer: false })).toBe('HTTP/1.1 408 Request Timeout');
});

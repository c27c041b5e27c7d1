// Sends what no proper client would: bodies and frames as they are, over HTTP, WebSocket and TCP.
import { connect } from 'node:net';
import { WebSocket } from 'ws';

export interface RawAnswer {
  readonly status: number;
  readonly text: string;
  /** `extensions.code` of the first error. */
  readonly code: string | undefined;
  /** Paths of its issues. */
  readonly paths: readonly string[];
}

interface ErrorBody {
  readonly errors?: readonly {
    readonly extensions?: { readonly code?: string; readonly issues?: readonly { readonly path: string }[] };
  }[];
}

/** Posts a body as it is. */
export async function postRaw(
  url: string,
  body: string | Buffer,
  headers: Readonly<Record<string, string>> = { 'content-type': 'application/json' },
): Promise<RawAnswer> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers,
    body: new Uint8Array(Buffer.from(body)),
  });
  return { status: response.status, ...read(await response.text()) };
}

export interface RawSocket {
  readonly socket: WebSocket;
  /** Runs one operation whose payload is JSON text, and answers its first `next` or `error`. */
  run(payload: string): Promise<RawAnswer>;
  /** The code with which the server ends the connection. */
  readonly closed: Promise<number>;
}

/** Opens a graphql-transport-ws connection; with `greet: false` it has not said hello yet. */
export async function openSocket(url: string, { greet = true } = {}): Promise<RawSocket> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  const closed = new Promise<number>((resolve) => socket.once('close', resolve));
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  if (greet) {
    const acknowledged = new Promise((resolve) => socket.once('message', resolve));
    socket.send('{"type":"connection_init"}');
    await acknowledged;
  }
  let operations = 0;
  const run = (payload: string): Promise<RawAnswer> => {
    const id = String(++operations);
    return new Promise((resolve, reject) => {
      const take = (data: Buffer) => {
        const message = JSON.parse(data.toString()) as { id?: string; type: string; payload?: unknown };
        if (message.id !== id || message.type === 'complete') return;
        socket.off('message', take);
        const answer = message.type === 'error' ? { errors: message.payload } : message.payload;
        resolve({ status: 200, ...read(JSON.stringify(answer)) });
      };
      socket.on('message', take);
      void closed.then((code) => reject(new Error(`closed with ${code}`)));
      socket.send(`{"id":"${id}","type":"subscribe","payload":${payload}}`);
    });
  };
  return { socket, run, closed };
}

/** Writes bytes to the server's port and answers all it says until it hangs up. */
export async function talkTcp(url: string, bytes: string): Promise<string> {
  const { hostname, port } = new URL(url);
  return await new Promise((resolve) => {
    let heard = '';
    const connection = connect(Number(port), hostname, () => connection.end(bytes));
    connection.on('data', (chunk: Buffer) => (heard += chunk.toString()));
    connection.on('error', () => undefined);
    connection.on('close', () => resolve(heard));
  });
}

function read(text: string): Omit<RawAnswer, 'status'> {
  const [error] = (JSON.parse(text) as ErrorBody).errors ?? [];
  return {
    text,
    code: error?.extensions?.code,
    paths: (error?.extensions?.issues ?? []).map(({ path }) => path),
  };
}

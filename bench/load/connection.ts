// One keep-alive connection that carries one request at a time and comes back by itself when it is lost.
import { connect, type Socket } from 'node:net';
import { createResponseReader, type Response } from './read-response.js';

const COME_BACK_MS = 20;

type Lost = 'CONNECTION' | 'PROTOCOL';

export interface ConnectionEvents {
  /** It can be sent on: after it was opened, answered, or opened anew. */
  onIdle(connection: Connection): void;
  onResponse(connection: Connection, response: Response): void;
  /** It cannot be sent on until it is idle again; `lost` says what became of the request under way, if there was one. */
  onAway(connection: Connection, lost: Lost | undefined): void;
}

export interface Connection {
  /** Of the request under way: when its latency began, ms of `performance.now()`. */
  startedAt: number;
  /** Only when idle. */
  send(request: Buffer): void;
  close(): void;
}

export function openConnection(host: string, port: number, events: ConnectionEvents): Connection {
  let socket: Socket | undefined;
  let busy = false;
  let closed = false;

  const open = () => {
    const own = connect({ host, port, noDelay: true });
    const reader = createResponseReader();
    let reason: Lost = 'CONNECTION';
    socket = own;
    own.on('connect', () => events.onIdle(connection));
    own.on('error', () => undefined);
    own.on('data', (chunk: Buffer) => {
      let response: Response | undefined;
      try {
        response = reader.push(chunk);
      } catch {
        reason = 'PROTOCOL';
        own.destroy();
        return;
      }
      if (response === undefined) return;
      busy = false;
      events.onResponse(connection, response);
      if (response.closes) own.destroy();
      else events.onIdle(connection);
    });
    own.on('close', () => {
      if (closed) return;
      const lost = busy ? reason : undefined;
      busy = false;
      events.onAway(connection, lost);
      setTimeout(() => !closed && open(), COME_BACK_MS);
    });
  };
  const connection: Connection = {
    startedAt: 0,
    send(request) {
      busy = true;
      socket?.write(request);
    },
    close() {
      closed = true;
      socket?.destroy();
    },
  };
  open();
  return connection;
}

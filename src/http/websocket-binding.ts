// One WebSocket joined to the GraphQL protocol: sending with back-pressure, pings, and ends.
import { CloseCode, type Server } from 'graphql-ws';
import type { Logger } from 'pino';
import type { WebSocket } from 'ws';

const MAX_BUFFERED_BYTES = 8 * 1024 * 1024;

/** What is known of a connection beside the protocol. */
export interface SocketExtra {
  /** Caller's `x-request-id` of the upgrade, or a new id; every operation's trace id starts with it. */
  readonly traceId: string;
  /** Its remote address. */
  readonly client: string;
}
export type GraphqlSocketServer = Server<SocketExtra>;

interface BindingParts {
  readonly graphql: GraphqlSocketServer;
  readonly keepAliveMs: number;
  readonly log: Logger;
}

/** A client that does not answer a ping before the next one, or reads so slowly that 8 MiB pile up, is cut off. */
export function bindSocket(
  socket: WebSocket,
  extra: SocketExtra,
  { graphql, keepAliveMs, log }: BindingParts,
): void {
  let alive = true;
  socket.on('pong', () => (alive = true));
  const pings = setInterval(() => {
    if (alive) socket.ping();
    else socket.terminate();
    alive = false;
  }, keepAliveMs);
  // A frame that is too large or malformed: ws answers with the close code the protocol names.
  socket.on('error', (error) => log.debug({ err: error }, 'a WebSocket failed'));

  const closed = graphql.opened(
    {
      protocol: socket.protocol,
      send: (text) => send(socket, text),
      close: (code, reason) => socket.close(code, reason),
      onMessage: (take) => {
        socket.on('message', (data, isBinary) => {
          if (isBinary) {
            socket.close(CloseCode.BadRequest, 'Invalid message received');
            return;
          }
          take(textOf(data)).catch((error: unknown) => {
            log.error({ err: error }, 'unexpected error on a WebSocket');
            socket.close(CloseCode.InternalServerError, 'Internal server error');
          });
        });
      },
    },
    extra,
  );
  socket.once('close', (code, reason) => {
    clearInterval(pings);
    closed(code, reason.toString()).catch((error: unknown) =>
      log.error({ err: error }, 'unexpected error while a WebSocket closed'),
    );
  });
}

/** Resolves when the bytes have left for the network, so that a subscription is read no faster than its client reads. */
function send(socket: WebSocket, text: string): Promise<void> {
  if (socket.bufferedAmount > MAX_BUFFERED_BYTES) socket.terminate();
  if (socket.readyState !== socket.OPEN) return Promise.resolve();
  return new Promise((resolve) => {
    // A failure to send is followed by 'close', which ends everything on this socket.
    socket.send(text, () => resolve());
  });
}

function textOf(data: Buffer | ArrayBuffer | Buffer[]): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString();
  return Buffer.isBuffer(data) ? data.toString() : Buffer.from(data).toString();
}

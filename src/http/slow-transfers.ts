// Lets uploads take their time, where every other request must have arrived within the server's limit.
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

export interface SlowTransfers {
  /** From now on this request ends only when nothing comes for a while, or it has taken hours; call what is answered at its end. */
  begin(request: IncomingMessage): () => void;
  /** What Node asks of a server when a connection fails, or a request has not arrived in time. */
  readonly onClientError: (error: ConnectionError, socket: Socket) => void;
}

type ConnectionError = Error & { readonly code?: string | undefined };

const IDLE_MS = 30_000;
const LONGEST_MS = 2 * 3_600_000;

const ANSWERS: Readonly<Record<string, string>> = {
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
};

export function createSlowTransfers(): SlowTransfers {
  const underWay = new WeakSet<Socket>();
  return {
    begin({ socket }) {
      underWay.add(socket);
      // Without a listener, a socket on which nothing comes is destroyed.
      socket.setTimeout(IDLE_MS);
      const cut = setTimeout(() => socket.destroy(), LONGEST_MS).unref();
      return () => {
        clearTimeout(cut);
        underWay.delete(socket);
      };
    },
    onClientError(error, socket) {
      const { code = '' } = error;
      // Node says this once for a request and then leaves it alone.
      if (code === 'ERR_HTTP_REQUEST_TIMEOUT' && underWay.has(socket)) return;
      if (code === 'ECONNRESET' || socket.destroyed) return;
      const status = ANSWERS[code] ?? '400 Bad Request';
      if (socket.writable)
        socket.write(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
      socket.destroy(error);
    },
  };
}

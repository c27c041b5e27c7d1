// Who may open a WebSocket, how many at once, and how all of them end; what is said on one is graphql-transport-ws.
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Logger } from 'pino';
import { WebSocketServer, type WebSocket } from 'ws';
import { handleProtocols } from 'graphql-ws';
import type { Metrics } from '../metrics.js';
import { type AllowedOrigins, isOriginAllowed } from './allowed-origin.js';
import { requestIdOf } from './request-id.js';
import { bindSocket, type GraphqlSocketServer } from './websocket-binding.js';

const MAX_PAYLOAD_BYTES = 256 * 1024;

interface WebSocketDoorParts {
  readonly httpServer: Server;
  readonly graphql: GraphqlSocketServer;
  readonly path: string;
  readonly allowedOrigins: AllowedOrigins;
  readonly maxSockets: number;
  readonly maxSocketsPerAddress: number;
  readonly keepAliveMs: number;
  readonly createId: () => string;
  readonly log: Logger;
  readonly metrics: Metrics;
}

/** Takes upgrades of `path` until closed; `close` says 1001 to every client and cuts those that linger after `graceMs`. */
export function openWebSocketDoor(parts: WebSocketDoorParts): { close(graceMs: number): Promise<void> } {
  const { httpServer, metrics, log } = parts;
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_PAYLOAD_BYTES,
    handleProtocols,
  });
  const perAddress = new Map<string, number>();
  let closing = false;

  const admit = (socket: WebSocket, request: IncomingMessage, address: string): void => {
    perAddress.set(address, (perAddress.get(address) ?? 0) + 1);
    metrics.sockets.inc();
    socket.once('close', () => {
      metrics.sockets.dec();
      const left = (perAddress.get(address) ?? 1) - 1;
      if (left === 0) perAddress.delete(address);
      else perAddress.set(address, left);
    });
    const extra = { traceId: requestIdOf(request.headers, parts.createId), client: address };
    bindSocket(socket, extra, { graphql: parts.graphql, keepAliveMs: parts.keepAliveMs, log });
  };

  const onUpgrade = (request: IncomingMessage, stream: Duplex, head: Buffer): void => {
    stream.on('error', () => stream.destroy());
    const address = request.socket.remoteAddress ?? 'unknown';
    const refusal = refusalOf(request, parts, {
      closing,
      open: sockets.clients.size,
      ofAddress: perAddress.get(address) ?? 0,
    });
    if (refusal !== undefined) {
      stream.end(`HTTP/1.1 ${refusal}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    sockets.handleUpgrade(request, stream, head, (socket) => admit(socket, request, address));
  };
  httpServer.on('upgrade', onUpgrade);

  return {
    async close(graceMs) {
      closing = true;
      const open = [...sockets.clients];
      const closed = open.map(
        (socket) => new Promise<void>((resolve) => socket.once('close', () => resolve())),
      );
      for (const socket of open) socket.close(1001, 'Going away');
      const cut = setTimeout(() => {
        for (const socket of open) socket.terminate();
      }, graceMs);
      await Promise.all(closed);
      clearTimeout(cut);
      httpServer.off('upgrade', onUpgrade);
    },
  };
}

function refusalOf(
  { url, headers }: IncomingMessage,
  { path, allowedOrigins, maxSockets, maxSocketsPerAddress }: WebSocketDoorParts,
  now: { readonly closing: boolean; readonly open: number; readonly ofAddress: number },
): string | undefined {
  if (url?.split('?')[0] !== path) return '404 Not Found';
  if (!isOriginAllowed(headers.origin, headers.host, allowedOrigins)) return '403 Forbidden';
  if (now.closing || now.open >= maxSockets) return '503 Service Unavailable';
  return now.ofAddress >= maxSocketsPerAddress ? '429 Too Many Requests' : undefined;
}

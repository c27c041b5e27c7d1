// Closed loop: so many clients, each of whom sends its next request when the last one was answered.
import { openConnection, type Connection } from './connection.js';
import { inTurn, type LoadParts, type Loop } from './load-parts.js';

export function startClosedLoop(
  { connections }: { readonly connections: number },
  { host, port, requests, tally, judge }: LoadParts,
): Loop {
  const nextRequest = inTurn(requests);
  const waiting = new Set<Connection>();
  let ended = false;
  const events = {
    onIdle(connection: Connection) {
      if (ended) return;
      waiting.add(connection);
      connection.startedAt = performance.now();
      connection.send(nextRequest());
    },
    onResponse(connection: Connection, { status, body }: { status: number; body: Buffer }) {
      waiting.delete(connection);
      tally.count(judge(status, body), connection.startedAt, performance.now());
    },
    onAway(connection: Connection, code: string | undefined) {
      if (code === undefined) return;
      waiting.delete(connection);
      tally.count({ code, rows: 0 }, connection.startedAt, performance.now());
    },
  };
  const open = Array.from({ length: connections }, () => openConnection(host, port, events));
  return {
    end: () => void (ended = true),
    underWay: () => waiting.size,
    waiting: () => [...waiting].map(({ startedAt }) => startedAt),
    unsent: () => 0,
    connections: () => open.length,
    close: () => open.forEach((connection) => connection.close()),
  };
}

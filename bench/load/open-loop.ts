// Open loop: requests fall due at a constant rate, whatever becomes of those before them.
import { openConnection, type Connection } from './connection.js';
import type { LoadPattern } from './plan.js';
import type { Judgement } from './judge-answer.js';
import { inTurn, type LoadParts, type Loop } from './load-parts.js';

const TICK_MS = 1;
// More than a server's backlog takes would be refused by the kernel and come back a second later.
const OPENING_AT_ONCE = 128;

/**
 * Request i is due at `begin + i / perSecond`, and its latency counts from then, also while it waits for a connection: what
 * a server holds up is not forgiven (coordinated omission). Timers tick each millisecond, so up to one is the generator's
 * own; `sendLag` says how much it was.
 */
export function startOpenLoop(
  { perSecond, openFirst = 0, maxConnections }: Extract<LoadPattern, { kind: 'open' }>,
  { host, port, requests, begin, clock, tally, judge, sendLag }: LoadParts,
): Loop {
  const nextRequest = inTurn(requests);
  const waiting = new Set<Connection>();
  /** Longest idle first: one that is left idle is closed by its server, maybe at the moment when it is sent on again. */
  const idle = new Set<Connection>();
  const open: Connection[] = [];
  let sent = 0;
  let due = 0;
  let connecting = 0;
  const dueAt = (index: number) => begin + (index * 1000) / perSecond;
  // A moment is not exact: what would be due a billionth of a request later is not due twice for that.
  const dueBy = (moment: number) => Math.max(0, Math.ceil(((moment - begin) / 1000) * perSecond - 1e-6));

  const sendOn = (connection: Connection) => {
    const now = performance.now();
    connection.startedAt = dueAt(sent);
    sent += 1;
    sendLag.add((now - connection.startedAt) * 1000);
    waiting.add(connection);
    connection.send(nextRequest());
  };
  const settle = (connection: Connection, judgement: Judgement) => {
    waiting.delete(connection);
    tally.count(judgement, connection.startedAt, performance.now());
  };
  const fresh = new Set<Connection>();
  const events = {
    onIdle(connection: Connection) {
      if (fresh.delete(connection)) connecting -= 1;
      if (sent < due) sendOn(connection);
      else idle.add(connection);
    },
    onResponse(connection: Connection, { status, body }: { status: number; body: Buffer }) {
      settle(connection, judge(status, body));
    },
    onAway(connection: Connection, code: string | undefined) {
      idle.delete(connection);
      if (code !== undefined) settle(connection, { code, rows: 0 });
    },
  };
  const tick = () => {
    const until = Math.min(performance.now(), clock.to);
    due = dueBy(until);
    while (sent < due) {
      const [connection] = idle;
      if (connection === undefined) break;
      idle.delete(connection);
      sendOn(connection);
    }
    const wanted = Math.max(due - sent, openFirst - open.length);
    while (connecting < Math.min(wanted, OPENING_AT_ONCE) && open.length < maxConnections) {
      const connection = openConnection(host, port, events);
      open.push(connection);
      fresh.add(connection);
      connecting += 1;
    }
  };
  const timer = setInterval(tick, TICK_MS);
  tick();
  return {
    end() {
      clearInterval(timer);
      tick();
      // What has a connection on the way still leaves; for the rest there is none.
      due = sent + Math.min(due - sent, connecting);
    },
    underWay: () => waiting.size + due - sent,
    waiting: () => [...waiting].map(({ startedAt }) => startedAt),
    unsent: () => Math.max(0, dueBy(clock.to) - sent),
    connections: () => open.length,
    close: () => open.forEach((connection) => connection.close()),
  };
}

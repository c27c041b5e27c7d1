// How many rows each client has under way, so that one cannot take the whole line.
import { AppError } from '../errors.js';

export interface ClientRows {
  /** Counts the rows until `end`; throws RATE_LIMITED when the client would have too many. Unknown clients are not bounded. */
  begin(client: string | undefined, rows: number, retryAfterMs: () => number): void;
  end(client: string | undefined, rows: number): void;
  /** Clients with rows under way. */
  size(): number;
}

/** Holds only clients that have rows under way: never more entries than there are rows. */
export function createClientRows(maxRows: number): ClientRows {
  const open = new Map<string, number>();
  return {
    begin(client, rows, retryAfterMs) {
      if (client === undefined) return;
      const total = (open.get(client) ?? 0) + rows;
      if (total > maxRows)
        throw new AppError('RATE_LIMITED', `One client may have ${maxRows} rows under way at once.`, {
          details: { retryAfterMs: retryAfterMs() },
        });
      open.set(client, total);
    },
    end(client, rows) {
      if (client === undefined) return;
      const left = (open.get(client) ?? 0) - rows;
      if (left > 0) open.set(client, left);
      else open.delete(client);
    },
    size: () => open.size,
  };
}

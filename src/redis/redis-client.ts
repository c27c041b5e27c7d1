// The face of Redis for the rest of the house: roles of connections, health, and writes that only a lease holder may make.
import type { RedisClientType } from 'redis';

/** One connection. */
export type RedisClient = RedisClientType;

/** Connections by role; all reconnect by themselves for ever. */
export interface RedisConnections {
  /** For everything that answers at once. Rejects at once while Redis is away: nothing is queued offline. */
  readonly commands: RedisClient;
  /** A connection of its own for a reader that blocks; it waits for Redis to return. The caller closes it. */
  blocking(name: string): Promise<RedisClient>;
  /** Whether the command connection is usable now; costs nothing. */
  ready(): boolean;
  /** Calls back on every change of `ready()`; answers how to stop listening. */
  onChange(listener: (ready: boolean) => void): () => void;
  close(): Promise<void>;
}

/** One Redis command with its arguments. */
export type Write = readonly [command: string, ...args: string[]];

/** What a hash field must still hold (null: absent) for a fenced commit to go through. */
export interface Expectation {
  readonly key: string;
  readonly field: string;
  readonly value: string | null;
}

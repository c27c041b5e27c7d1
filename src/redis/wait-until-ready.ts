// Waits for Redis to be usable, or for a reason to stop waiting.
import type { RedisConnections } from './redis-client.js';

/** Resolves when Redis is ready or `signal` is aborted, whichever is first. */
export function waitUntilReady(redis: RedisConnections, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const finish = () => {
      stopListening();
      signal.removeEventListener('abort', finish);
      resolve();
    };
    const stopListening = redis.onChange((ready) => {
      if (ready) finish();
    });
    signal.addEventListener('abort', finish);
    if (redis.ready() || signal.aborted) finish();
  });
}

/** Waits `ms`, less when `signal` is aborted. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const finish = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', finish);
      resolve();
    };
    const timer = setTimeout(finish, ms);
    signal.addEventListener('abort', finish);
    if (signal.aborted) finish();
  });
}

// Lets once-keys live for as long as somebody may come with the same again, which is not long for most.
import type { RedisConnections } from '../redis/redis-client.js';
import { defineScript, runScript } from '../redis/run-script.js';
import type { Append } from './recent-appends.js';

// A call for each key would cost as much as a tenth of a prediction; keys that wait for company live longer, no more.
const TOGETHER = 100;

const END = defineScript(`
for i, key in ipairs(KEYS) do redis.call('PEXPIRE', key, ARGV[i]) end
return #KEYS`);

/**
 * To be told of every append that is not offered again. Its key then lives for `againWithinMs` more; what goes wrong
 * leaves it the life it was given with the entry.
 */
export function createOnceKeyEnds(redis: Pick<RedisConnections, 'commands'>): (append: Append) => void {
  let waiting: Append[] = [];
  const end = (appends: readonly Append[]) => {
    const keys = appends.map(({ onceKey }) => onceKey);
    const lives = appends.map(({ againWithinMs }) => String(againWithinMs));
    runScript(redis.commands, END, keys, lives).catch(() => undefined);
  };
  return (append) => {
    waiting.push(append);
    if (waiting.length < TOGETHER) return;
    // Only keys beside one stream surely lie on one server.
    const byStream = new Map<string, Append[]>();
    for (const one of waiting) {
      const beside = byStream.get(one.stream);
      if (beside === undefined) byStream.set(one.stream, [one]);
      else beside.push(one);
    }
    waiting = [];
    for (const appends of byStream.values()) end(appends);
  };
}

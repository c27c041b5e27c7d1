// Several writes in one step, made only while a lease is held and the expected values still stand.
import type { Expectation, RedisClient, Write } from './redis-client.js';
import { defineScript, runScript } from './run-script.js';

/** `conflict`: an expected value was another; nothing is written but on `committed`. */
export type CommitOutcome = 'committed' | 'lease-lost' | 'conflict';

// unpack() of Lua answers at most about 8,000 values.
const MAX_ARGUMENTS = 7000;

// Everything that can be refused is checked before the first write, since Redis does not undo a script that fails midway.
const COMMIT = defineScript(`
local at = 1
local function take() local value = ARGV[at]; at = at + 1; return value end

if take() == '1' then
  local key, owner = take(), take()
  if redis.call('GET', key) ~= owner then return 'lease-lost' end
end

for _ = 1, tonumber(take()) do
  local key, field, present, value = take(), take(), take(), take()
  local found = redis.call('HGET', key, field)
  if present == '0' then
    if found then return 'conflict' end
  elseif found ~= value then return 'conflict' end
end

for _ = 1, tonumber(take()) do
  local command = {}
  for i = 1, tonumber(take()) do command[i] = take() end
  -- A group that went with a flushed stream is made again instead of failing the commit half done.
  if string.upper(command[1]) == 'XGROUP' and string.upper(command[2]) == 'SETID' then
    redis.pcall('XGROUP', 'CREATE', command[3], command[4], '0', 'MKSTREAM')
  end
  redis.call(unpack(command))
end
return 'committed'`);

/**
 * All of `writes` or none: `lease-lost` when `lease.owner` no longer holds it, `conflict` when an expectation
 * fails. With `lease: null` only the expectations guard. A write must not name a key of another type or a wrong
 * number of arguments: that rejects midway. Rejects when Redis is away; the outcome is then unknown.
 */
export async function commitFenced(
  client: RedisClient,
  commit: {
    readonly lease: { readonly key: string; readonly owner: string } | null;
    readonly writes: readonly Write[];
    readonly expectations: readonly Expectation[];
  },
): Promise<CommitOutcome> {
  const { lease, writes, expectations } = commit;
  const tooLong = writes.find((write) => write.length > MAX_ARGUMENTS);
  if (tooLong !== undefined) throw new RangeError(`${tooLong[0]} has more than ${MAX_ARGUMENTS} arguments`);
  const args = [
    ...(lease === null ? ['0'] : ['1', lease.key, lease.owner]),
    String(expectations.length),
    ...expectations.flatMap(({ key, field, value }) => [key, field, value === null ? '0' : '1', value ?? '']),
    String(writes.length),
    ...writes.flatMap((write) => [String(write.length), ...write]),
  ];
  const keys = new Set([
    ...(lease === null ? [] : [lease.key]),
    ...expectations.map(({ key }) => key),
    ...writes.map(keyOf),
  ]);
  const outcome = await runScript(client, COMMIT, [...keys], args);
  if (outcome === 'committed' || outcome === 'lease-lost' || outcome === 'conflict') return outcome;
  throw new TypeError(`unexpected answer to a fenced commit: ${String(outcome)}`);
}

function keyOf([command, first = '', second = '']: Write): string {
  return command.toUpperCase() === 'XGROUP' ? second : first;
}
